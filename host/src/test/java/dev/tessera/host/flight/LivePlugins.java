package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.data.EventsFixture;
import dev.tessera.host.pipeline.RunPlan;
import dev.tessera.host.pipeline.RunRequest;
import dev.tessera.host.pipeline.RunSession;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Plugins for tests of live embedding: {@code digest}, a model whose columns depend on everything
 * that a log tells of a client, and {@code beside}, a merge that lays its inputs side by side.
 */
final class LivePlugins {

  /** While this system property is set, {@code digest} works until it is cancelled. */
  static final String BLOCKED = "tessera.test.live.blocked";

  private static final String DIGEST =
      """
      package sample;

      import dev.tessera.api.*;
      import java.nio.file.Path;
      import java.util.*;
      import java.util.concurrent.atomic.AtomicInteger;

      public final class DigestFactory implements ModelPluginFactory<DigestFactory.Config> {
        record Config(@ConfigKey(value = "a factor", defaultValue = "1.0") double factor) {}

        @Override public PluginInfo info() {
          return new PluginInfo("digest", "sums all there is", EnumSet.allOf(EventKind.class), PluginInfo.NewClients.EMBEDDED);
        }
        @Override public Class<Config> configType() { return Config.class; }
        @Override public Stage create(Config config, PluginContext context) { return new Digest(config.factor(), context, new AtomicInteger()); }
        @Override public Stage open(Config config, Path model, PluginContext context) {
          return new Digest(config.factor(), context, new AtomicInteger());
        }
      }

      record Digest(double factor, PluginContext context, AtomicInteger busy) implements EmbeddingModel {
        @Override public int dimension() { return 6; }
        @Override public List<String> columnNames() { return List.of("events", "times", "items", "prices", "names", "order"); }
        @Override public TrainingReport fit(EventLog events) { return TrainingReport.empty(); }
        @Override public void embed(EventLog log, ClientSelection clients, EmbeddingSink sink) {
          if (busy.incrementAndGet() > 1) throw new IllegalStateException("two threads at once");
          try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), 6, sink)) {
            while (System.getProperty("%s") != null) {
              context.checkCancelled();
              Thread.onSpinWait();
            }
            int[] indices = log.indexOf(clients);
            for (int i = 0; i < indices.length; i++) out.write(clients.id(i), row(log, indices[i]));
            out.finish();
          } finally {
            busy.decrementAndGet();
          }
        }
        private float[] row(EventLog log, int client) {
          double[] sums = new double[6];
          for (EventKind kind : EventKind.values()) {
            EventTable table = log.events(kind);
            for (int row = table.start(client); row < table.end(client); row++) {
              int item = table.item(row);
              sums[0]++;
              sums[1] += table.time(row) %% 1e9 * (kind.ordinal() + 1);
              byte[] name = new byte[0];
              switch (kind.itemKind()) {
                case URL -> sums[2] += log.urlIds().get(item);
                case QUERY -> name = log.queries().get(item);
                case SKU -> {
                  ProductTable products = log.products();
                  sums[2] += products.skus().get(item);
                  sums[3] += products.price(item) < 0 ? -1 : products.priceIds().get(products.price(item));
                  sums[3] += products.category(item) < 0 ? -1 : products.categoryIds().get(products.category(item));
                  name = products.names().get(item);
                }
              }
              for (int i = 0; i < name.length; i++) sums[4] += (i + 1) * name[i];
              sums[5] = sums[5] * 0.5 + sums[2] %% 1000;
            }
          }
          float[] row = new float[6];
          for (int i = 0; i < 6; i++) row[i] = (float) (factor * sums[i]);
          return row;
        }
        @Override public void save(Path model) {}
        @Override public void close() {}
      }
      """
          .formatted(BLOCKED);

  private static final String BESIDE =
      """
      package sample;

      import dev.tessera.api.*;
      import java.nio.file.Path;
      import java.util.*;

      public final class BesideFactory implements ModelPluginFactory<BesideFactory.Config> {
        record Config(@ConfigKey("steps that are read") List<String> inputs) {}

        @Override public PluginInfo info() {
          return new PluginInfo("beside", "lays its inputs side by side", Set.of(), PluginInfo.NewClients.EMBEDDED);
        }
        @Override public Class<Config> configType() { return Config.class; }
        @Override public List<String> inputs(Config config) { return config.inputs(); }
        @Override public Stage create(Config config, PluginContext context) { return new Beside(config.inputs().size(), context); }
        @Override public Stage open(Config config, Path model, PluginContext context) {
          return new Beside(config.inputs().size(), context);
        }
      }

      record Beside(int inputs, PluginContext context) implements EmbeddingMerge {
        @Override public int dimension() { return 6 * inputs; }
        @Override public TrainingReport fit(List<Embeddings> all, ClientSelection clients) {
          return TrainingReport.empty();
        }
        @Override public void merge(List<Embeddings> all, ClientSelection clients, EmbeddingSink sink) {
          Map<Long, float[]> rows = new HashMap<>();
          for (int input = 0; input < all.size(); input++) {
            for (EmbeddingBatch batch : all.get(input).batches()) {
              for (int row = 0; row < batch.rows(); row++) {
                float[] values = new float[6];
                batch.copyRow(row, values);
                System.arraycopy(values, 0,
                    rows.computeIfAbsent(batch.clientIds().get(row), id -> new float[dimension()]), 6 * input, 6);
              }
            }
          }
          try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), dimension(), sink)) {
            for (int i = 0; i < clients.size(); i++) out.write(clients.id(i), rows.get(clients.id(i)));
            out.finish();
          }
        }
        @Override public void save(Path model) {}
        @Override public void close() {}
      }
      """;

  private LivePlugins() {}

  /** Writes the jars into a folder. */
  static Path write(Path folder) {
    new PluginJarBuilder("digest")
        .source("sample.DigestFactory", DIGEST)
        .factory("sample.DigestFactory")
        .write(folder.resolve("digest.jar"));
    new PluginJarBuilder("beside")
        .source("sample.BesideFactory", BESIDE)
        .factory("sample.BesideFactory")
        .write(folder.resolve("beside.jar"));
    return folder;
  }

  /**
   * Trains a run by the plugins in {@code FOLDER/plugins}, on few events.
   *
   * @param steps the configuration
   * @return {@code FOLDER/NAME}
   */
  static Path train(Path folder, String name, String steps) throws IOException {
    Path data = folder.resolve("data");
    if (!Files.isDirectory(data)) {
      EventsFixture.random(500, 1, LongStream.range(0, 40).toArray())
          .write(Files.createDirectory(data));
      EventsFixture.writeProducts(data);
    }
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(config, steps);
    Path run = folder.resolve(name);
    RunRequest request =
        new RunRequest(
            List.of(config),
            Stream.of("data=" + data, "out=" + run, "workspace=" + folder.resolve("ws"))
                .map(ConfigOverride::parse)
                .toList(),
            RunPlan.Selection.ALL,
            List.of(folder.resolve("plugins")),
            1,
            ProgressDisplay.silent(),
            () -> false,
            outcome -> {});
    assertThat(new RunSession(request, "test").execute().isComplete()).isTrue();
    return run;
  }
}
