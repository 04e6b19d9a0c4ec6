package dev.tessera.plugin.als;

import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Prints non-zeros × iterations a second on a client × url matrix of 45,000 × 100,000 with 2.8 M
 * non-zeros, and the loss after 15 iterations beside the exact solver's. Popularity of urls and
 * activity of clients have heavy tails. Weights: once with single visits among them (cheaper here,
 * since an entry of confidence 1 is no part of a row's matrix), and once without. Arguments:
 * threads (default: all processors).
 *
 * <p>From the root of the project:
 *
 * <pre>
 * mvn -q -pl plugins/als -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx2g --add-modules=jdk.incubator.vector --add-opens=java.base/java.nio=ALL-UNNAMED \
 *   -cp plugins/als/target/classes:plugins/als/target/test-classes:$(cat plugins/als/target/classpath.txt) \
 *   dev.tessera.plugin.als.AlsBenchmark 2
 * </pre>
 */
final class AlsBenchmark {

  private static final int CLIENTS = 45_000;
  private static final int URLS = 100_000;
  private static final int ENTRIES = 2_800_000;
  private static final int ITERATIONS = 15;

  private final int threads;

  private AlsBenchmark(int threads) {
    this.threads = threads;
  }

  /** Runs all solvers on both matrices. */
  public static void main(String[] arguments) {
    int threads =
        arguments.length > 0
            ? Integer.parseInt(arguments[0])
            : Runtime.getRuntime().availableProcessors();
    AlsBenchmark benchmark = new AlsBenchmark(threads);
    benchmark.compare("weights from 1, mean 1.8", matrix(7, 1));
    benchmark.compare("weights from 2, mean 2.8", matrix(7, 2));
  }

  private void compare(String name, InteractionMatrix matrix) {
    double gradients = run(name, Solver.CONJUGATE_GRADIENT, matrix);
    double exact = run(name, Solver.CHOLESKY, matrix);
    System.out.printf(Locale.ROOT, "  loss by gradients / exact loss: %.5f%n", gradients / exact);
  }

  private double run(String name, Solver kind, InteractionMatrix matrix) {
    try (TestContext context = new TestContext(threads, 42)) {
      SplittableRandom random = new SplittableRandom(42);
      AlsSolver solver =
          new AlsSolver(
              context,
              AlsConfigs.solving(kind, 64, ITERATIONS),
              matrix,
              Factors.random(matrix.rows(), 64, random),
              Factors.random(matrix.columnCount(), 64, random));
      double[] seconds = new double[ITERATIONS];
      long cpu = cpuNanos();
      for (int i = 0; i < ITERATIONS; i++) {
        long start = System.nanoTime();
        solver.iterate();
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
      double cpuSeconds = (cpuNanos() - cpu) / 1e9 / ITERATIONS;
      long start = System.nanoTime();
      double loss = solver.loss();
      double lossSeconds = (System.nanoTime() - start) / 1e9;
      Arrays.sort(seconds);
      System.out.printf(
          Locale.ROOT,
          "%s, %s, %d threads: median %.1f M non-zeros x iterations/s (%.3f s; best %.3f s; CPU"
              + " %.3f s an iteration), loss after %d: %.6f (in %.3f s)%n",
          name,
          kind,
          threads,
          matrix.entries() / seconds[ITERATIONS / 2] / 1e6,
          seconds[ITERATIONS / 2],
          seconds[0],
          cpuSeconds,
          ITERATIONS,
          loss,
          lossSeconds);
      return loss;
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Clients of a log-normal activity choose urls of a Zipf law, three in four near their taste. */
  private static InteractionMatrix matrix(long seed, int smallestWeight) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] activity = new double[CLIENTS];
    java.util.Random normal = new java.util.Random(seed);
    Arrays.setAll(activity, client -> Math.exp(1.2 * normal.nextGaussian()));
    double scale = ENTRIES * 1.34 / Arrays.stream(activity).sum();
    int[] starts = new int[CLIENTS + 1];
    int[] columns = new int[2 * ENTRIES];
    float[] weights = new float[2 * ENTRIES];
    int count = 0;
    for (int client = 0; client < CLIENTS; client++) {
      int wanted = Math.max(1, (int) Math.round(scale * activity[client]));
      int taste = random.nextInt(64);
      int[] urls = new int[Math.min(wanted, 20_000)];
      for (int i = 0; i < urls.length; i++) {
        // popularity of rank r falls like 1 / (r + 100)
        int rank = (int) (100 * (Math.pow(1 + URLS / 100.0, random.nextDouble()) - 1));
        int near = random.nextInt(4) == 0 ? rank : rank / 64 * 64 + taste;
        // ranks are scattered over the urls, as ids are
        urls[i] = (int) (Math.min(near, URLS - 1) * 7919L % URLS);
      }
      Arrays.sort(urls);
      for (int i = 0; i < urls.length; i++) {
        if (i == 0 || urls[i] != urls[i - 1]) {
          columns[count] = urls[i];
          int weight = smallestWeight;
          while (random.nextInt(9) < 4) {
            weight++;
          }
          weights[count++] = weight;
        }
      }
      starts[client + 1] = count;
    }
    System.out.printf("%d non-zeros%n", count);
    return new InteractionMatrix(
        URLS, starts, Arrays.copyOf(columns, count), Arrays.copyOf(weights, count));
  }
}
