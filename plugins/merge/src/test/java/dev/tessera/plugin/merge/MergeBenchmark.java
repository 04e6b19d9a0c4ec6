package dev.tessera.plugin.merge;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.Embeddings;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.merge.MergeInput.PcaSolver;
import dev.tessera.plugin.merge.MergeInput.ScalerKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Times a merge of seeded inputs. Run it, after {@code mvn test-compile}, with this module's test
 * class path, {@code --add-modules jdk.incubator.vector --add-opens=java.base/java.nio=ALL-UNNAMED
 * -Darrow.enable_unsafe_memory_access=true -Darrow.enable_null_check_for_get=false -Xmx2g} and one
 * argument:
 *
 * <ul>
 *   <li>{@code million}: 1,000,000 clients; 64, 64, 37 (quantiles) and 128 columns (to 64
 *       components)
 *   <li>{@code twelve}: 100,000 clients; inputs as wide as those of the best solution, five of them
 *       of 512 or 576 columns reduced to 64 or 128 components; 1,061 columns in all
 *   <li>{@code kernel}: the covariance of 512 columns alone
 * </ul>
 *
 * <p>A merge is timed twice in one JVM: cold, with all compilation in it, and warm. Peak memory is
 * the process's peak (VmHWM) less what it held once the inputs were made; the inputs, which a host
 * would have mapped from files, are not part of it.
 */
final class MergeBenchmark {

  private MergeBenchmark() {}

  private record Step(String name, int columns, int components, ScalerKind scaler) {

    MergeInput config() {
      return components == 0
          ? MergeConfigs.scaled(name, scaler)
          : MergeConfigs.pca(name, components, PcaSolver.FULL, scaler);
    }
  }

  private static final List<Step> MILLION =
      List.of(
          new Step("als", 64, 0, ScalerKind.NORMALIZER),
          new Step("lightfm", 64, 0, ScalerKind.NORMALIZER),
          new Step("stats", 37, 0, ScalerKind.QUANTILE_UNIFORM),
          new Step("gru", 128, 64, ScalerKind.NORMALIZER));

  private static final List<Step> TWELVE =
      List.of(
          new Step("als_buy_add", 64, 0, ScalerKind.NORMALIZER),
          new Step("als_visits", 64, 0, ScalerKind.NORMALIZER),
          new Step("stats", 37, 0, ScalerKind.QUANTILE_UNIFORM),
          new Step("gru_day", 128, 0, ScalerKind.NORMALIZER),
          new Step("gru_event", 512, 64, ScalerKind.NORMALIZER),
          new Step("gru_week", 512, 64, ScalerKind.NORMALIZER),
          new Step("gru_sku_text", 512, 64, ScalerKind.NORMALIZER),
          new Step("next_sku", 128, 0, ScalerKind.NORMALIZER),
          new Step("next_url", 192, 0, ScalerKind.NORMALIZER),
          new Step("search", 576, 64, ScalerKind.NORMALIZER),
          new Step("all_interactions", 576, 128, ScalerKind.NORMALIZER),
          new Step("lightfm", 64, 0, ScalerKind.NORMALIZER));

  /** See the class. */
  public static void main(String[] arguments) {
    String what = arguments.length == 1 ? arguments[0] : "";
    switch (what) {
      case "million" -> merge(MILLION, 1_000_000);
      case "twelve" -> merge(TWELVE, 100_000);
      case "kernel" -> kernel();
      default -> throw new IllegalArgumentException("wanted million, twelve or kernel: " + what);
    }
  }

  private static void merge(List<Step> steps, int clients) {
    int threads = Runtime.getRuntime().availableProcessors();
    List<EmbeddingFixture> fixtures = new ArrayList<>();
    try (TestContext context = new TestContext(threads, 42)) {
      long[] ids = IntStream.range(0, clients).mapToLong(i -> 7L * i + 3).toArray();
      for (Step step : steps) {
        fixtures.add(input(context.allocator(), step, ids));
      }
      List<Embeddings> inputs = fixtures.stream().map(EmbeddingFixture::embeddings).toList();
      MergeConfig config =
          MergeConfigs.mean(steps.stream().map(Step::config).toArray(MergeInput[]::new));
      ClientSelection selection = ClientSelection.of(ids);
      for (String round : List.of("cold", "warm")) {
        System.out.print(round + ": ");
        measure(config, inputs, selection, context);
      }
      fixtures.forEach(EmbeddingFixture::close);
    }
  }

  private static void measure(
      MergeConfig config, List<Embeddings> inputs, ClientSelection clients, TestContext context) {
    System.gc();
    long held = memoryKilobytes("VmRSS");
    long cpu = cpuNanos();
    long start = System.nanoTime();
    double[] sum = {0};
    try (MergeStage merge = (MergeStage) new MergePluginFactory().create(config, context)) {
      merge.fit(inputs, clients);
      double fitSeconds = (System.nanoTime() - start) / 1e9;
      merge.merge(inputs, clients, batch -> sum[0] += batch.values().get(0));
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%d clients, %d inputs, %d columns out, %d threads: fit %.2f s, merge %.2f s, together"
              + " %.2f s; CPU %.2f s; peak %d MB above %d MB with the inputs; checksum %.6f%n",
          clients.size(),
          inputs.size(),
          merge.dimension(),
          context.parallelism(),
          fitSeconds,
          seconds - fitSeconds,
          seconds,
          (cpuNanos() - cpu) / 1e9,
          (memoryKilobytes("VmHWM") - held) >> 10,
          held >> 10,
          sum[0]);
    }
  }

  /** Correlated columns; a tenth of the clients missing; statistics with many equal values. */
  private static EmbeddingFixture input(BufferAllocator allocator, Step step, long[] ids) {
    SplittableRandom random = new SplittableRandom(step.name().hashCode());
    long[] present =
        IntStream.range(0, ids.length)
            .filter(i -> random.nextInt(10) > 0)
            .mapToLong(i -> ids[i])
            .toArray();
    float[] last = new float[step.columns()];
    boolean counts = step.name().equals("stats");
    return EmbeddingFixture.generate(
        allocator,
        step.name(),
        present,
        step.columns(),
        row -> {
          for (int j = 0; j < last.length; j++) {
            double value = random.nextDouble() - 0.5;
            last[j] =
                (float)
                    (counts
                        ? Math.floor(Math.exp(8 * (value + 0.4)))
                        : last[j] * 0.9 + value / (1 + j));
          }
          return last;
        });
  }

  private static void kernel() {
    Panels block = new Panels(RowBlock.CAPACITY, 512);
    Panels scatter = new Panels(Panels.padded(512), 512);
    for (int round = 0; round < 5; round++) {
      int times = 100;
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        scatter.addTransposedProduct(block, block, RowBlock.CAPACITY, true);
      }
      // half of 2 N D², and the panels on the diagonal whole
      double operations = (double) times * RowBlock.CAPACITY * 512 * (512 + PanelKernel.WIDTH);
      System.out.printf(
          "covariance kernel, one thread: %.1f GFLOP/s%n",
          operations / (System.nanoTime() - start));
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long memoryKilobytes(String key) {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith(key + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
