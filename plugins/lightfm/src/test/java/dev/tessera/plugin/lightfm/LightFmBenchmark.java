package dev.tessera.plugin.lightfm;

import dev.tessera.api.PluginContext;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import dev.tessera.plugin.lightfm.LightFmConfig.Schedule;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Prints positive pairs a second of WARP at 64 components on 100,000 clients × 50,000 skus with 2 M
 * pairs, without features and with 16 numbers of each client and each sku beside identity. Clients
 * choose skus of a Zipf law, three in four near their taste, so that the ranking gets better from
 * epoch to epoch and the draws longer, as on real data. Arguments: threads (default: all
 * processors) and epochs (default: 8).
 *
 * <p>From the root of the project:
 *
 * <pre>
 * mvn -q -pl plugins/lightfm -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx2g --add-modules=jdk.incubator.vector --add-opens=java.base/java.nio=ALL-UNNAMED \
 *   -cp plugins/lightfm/target/classes:plugins/lightfm/target/test-classes:$(cat plugins/lightfm/target/classpath.txt) \
 *   dev.tessera.plugin.lightfm.LightFmBenchmark 2
 * </pre>
 */
final class LightFmBenchmark {

  private static final int CLIENTS = 100_000;
  private static final int SKUS = 50_000;
  private static final int WANTED = 2_000_000;

  private LightFmBenchmark() {}

  /** Trains without features, and with them. */
  public static void main(String[] arguments) {
    int threads =
        arguments.length > 0
            ? Integer.parseInt(arguments[0])
            : Runtime.getRuntime().availableProcessors();
    int epochs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8;
    Pairs pairs = pairs();
    System.out.printf(Locale.ROOT, "%,d pairs%n", pairs.size());
    for (Schedule schedule : Schedule.values()) {
      run(schedule, pairs, false, threads, epochs);
      run(schedule, pairs, true, threads, epochs);
    }
  }

  private static void run(
      Schedule schedule, Pairs pairs, boolean features, int threads, int epochs) {
    LightFmConfig config =
        LightFmConfigs.of(
            LightFmConfigs.EVENTS,
            LightFmConfig.Clients.ALL,
            LightFmConfigs.IDENTITY,
            LightFmConfigs.SKU_IDENTITY,
            Loss.WARP,
            schedule,
            64,
            epochs);
    try (TestContext context = new TestContext(threads, 42);
        PluginContext.Progress progress = context.progress("pairs", 1)) {
      Trainer trainer =
          new Trainer(
              config,
              pairs,
              features ? numbers(CLIENTS, 1) : Features.identities(CLIENTS),
              features ? numbers(SKUS, 2) : Features.identities(SKUS),
              context);
      double[] seconds = new double[epochs];
      double moved = 0;
      long cpu = cpuNanos();
      for (int epoch = 0; epoch < epochs; epoch++) {
        long start = System.nanoTime();
        moved = trainer.epoch(epoch + 1, progress);
        seconds[epoch] = (System.nanoTime() - start) / 1e9;
      }
      double cpuSeconds = (cpuNanos() - cpu) / 1e9 / epochs;
      double[] sorted = seconds.clone();
      Arrays.sort(sorted);
      double millions = pairs.size() / 1e6;
      System.out.printf(
          Locale.ROOT,
          "%s, %s, %d threads: median %.2f M pairs/s (worst epoch %.2f, best %.2f, last %.2f; CPU"
              + " %.2f s an epoch); %.0f %% of pairs moved weights in the last%n",
          schedule,
          features ? "identity and 16 numbers each" : "identity",
          threads,
          millions / sorted[epochs / 2],
          millions / sorted[epochs - 1],
          millions / sorted[0],
          millions / seconds[epochs - 1],
          cpuSeconds,
          100 * moved);
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static Features numbers(int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[rows * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(256) / 255f;
    }
    return new Features(rows, true, 16, values, 0, new int[0]);
  }

  private static Pairs pairs() {
    SplittableRandom random = new SplittableRandom(7);
    java.util.Random normal = new java.util.Random(7);
    double[] activity = new double[CLIENTS];
    Arrays.setAll(activity, client -> Math.exp(1.1 * normal.nextGaussian()));
    double scale = WANTED * 1.2 / Arrays.stream(activity).sum();
    int[] starts = new int[CLIENTS + 1];
    int[] columns = new int[2 * WANTED];
    float[] weights = new float[2 * WANTED];
    int count = 0;
    for (int client = 0; client < CLIENTS; client++) {
      int[] skus = new int[Math.min(5000, Math.max(1, (int) Math.round(scale * activity[client])))];
      int taste = random.nextInt(64);
      for (int i = 0; i < skus.length; i++) {
        // popularity of rank r falls like 1 / (r + 100)
        int rank = (int) (100 * (Math.pow(1 + SKUS / 100.0, random.nextDouble()) - 1));
        int near = random.nextInt(4) == 0 ? rank : rank / 64 * 64 + taste;
        // ranks are scattered over the skus, as ids are
        skus[i] = (int) (Math.min(near, SKUS - 1) * 7919L % SKUS);
      }
      Arrays.sort(skus);
      for (int i = 0; i < skus.length; i++) {
        if (i == 0 || skus[i] != skus[i - 1]) {
          columns[count] = skus[i];
          weights[count++] = random.nextInt(3) == 0 ? 0.7f : 1;
        }
      }
      starts[client + 1] = count;
    }
    return new Pairs(SKUS, starts, Arrays.copyOf(columns, count), Arrays.copyOf(weights, count));
  }
}
