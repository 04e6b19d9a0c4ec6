package dev.tessera.plugin.llm;

import com.sun.management.OperatingSystemMXBean;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Prints how many texts and tokens per second an llm step embeds, from the log to the vectors:
 * clients with 90 searches of random codes each, as the reference's table, all texts unlike. For
 * each length of text a round with one text a batch and one with up to 16, at the same budget of
 * tokens. Arguments: tokens of all texts of a round (default 100,000), threads (default 2), a
 * model's folder (default: the model that the plugin carries). The machine's load average is
 * printed beside: a figure counts only if nothing else ran.
 *
 * <p>From the root of the project, after {@code mvn -pl plugins/llm -am verify}:
 *
 * <pre>
 * mvn -q -pl plugins/llm -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED \
 *   -cp plugins/llm/target/classes:plugins/llm/target/test-classes:$(cat plugins/llm/target/classpath.txt) \
 *   dev.tessera.plugin.llm.LlmBenchmark 100000 2
 * </pre>
 */
final class LlmBenchmark {

  private static final int SEARCHES = 90;
  private static final int[] LENGTHS = {64, 256, 512};
  private static final int[] BATCH_TEXTS = {1, 16};
  private static final long MINUTE = 60_000_000L;

  private LlmBenchmark() {}

  /** Runs all rounds. */
  public static void main(String[] arguments) {
    int tokens = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
    for (int length : LENGTHS) {
      for (int texts : BATCH_TEXTS) {
        LlmConfigs configs =
            new LlmConfigs()
                .maxTokens(length, Truncation.LEFT)
                .batches(Math.max(4096, length * texts), texts, 512);
        if (arguments.length > 2) {
          configs.model(Path.of(arguments[2])).pooling(Pooling.LAST_TOKEN, true);
        }
        round(configs.build(), Math.max(threads * texts, tokens / length), threads);
      }
    }
  }

  private static void round(LlmConfig config, int clients, int threads) {
    try (TestContext context = new TestContext(threads, 1);
        BuiltLog built = log(clients).build(context.allocator());
        LlmModel model = LlmModel.create(config, context)) {
      long start = System.nanoTime();
      long cpu = cpuNanos();
      model.embed(built.log(), built.log().relevantClients(), new CollectingSink());
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%s, %d texts of %d tokens, %d a batch, %d threads: %.1f texts/s, %.0f tokens/s;"
              + " %.1f ms of processor time a text; load average %.1f%n",
          config.model(),
          clients,
          config.maxTokens(),
          config.batchTexts(),
          threads,
          clients / seconds,
          clients * config.maxTokens() / seconds,
          1e3 * cpuSeconds / clients,
          ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static EventLogBuilder log(int clients) {
    Random random = new Random(1);
    EventLogBuilder builder = new EventLogBuilder();
    for (int client = 0; client < clients; client++) {
      builder.relevant(client);
      for (int i = 0; i < SEARCHES; i++) {
        byte[] codes = new byte[16];
        random.nextBytes(codes);
        builder.search(client, i * MINUTE, codes);
      }
    }
    return builder;
  }
}
