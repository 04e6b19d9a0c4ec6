package dev.tessera.host.pipeline;

import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.host.plugin.PluginSources;
import java.nio.file.Path;

/**
 * Two plugins for tests of the pipeline: {@code tile}, a model of {@code width} zeros that reads
 * visits, and {@code join}, a merge whose one column is the number of its inputs. System properties
 * make a step of {@code tile} fail, since its configuration is part of its result's key.
 */
final class SamplePlugins {

  /** The name of the step whose training fails. */
  static final String FAILING = "tessera.test.failing";

  /** The name of the step whose model leaves memory behind. */
  static final String LEAKING = "tessera.test.leaking";

  /** If set, no step can say what memory it takes. */
  static final String SIZELESS = "tessera.test.sizeless";

  private static final String JOIN =
      """
      package sample;

      import dev.tessera.api.*;
      import java.nio.file.Path;
      import java.util.*;

      public final class JoinFactory implements ModelPluginFactory<JoinFactory.Config> {
        record Config(@ConfigKey("steps that are read") List<String> inputs) {}

        @Override public PluginInfo info() {
          return new PluginInfo("join", "counts its inputs", Set.of(), PluginInfo.NewClients.EMBEDDED);
        }
        @Override public Class<Config> configType() { return Config.class; }
        @Override public List<String> inputs(Config config) { return config.inputs(); }
        @Override public Stage create(Config config, PluginContext context) { return new Join(context); }
        @Override public Stage open(Config config, Path model, PluginContext context) {
          return new Join(context);
        }
      }

      record Join(PluginContext context) implements EmbeddingMerge {
        @Override public int dimension() { return 1; }
        @Override public TrainingReport fit(List<Embeddings> inputs, ClientSelection clients) {
          return TrainingReport.empty();
        }
        @Override public void merge(
            List<Embeddings> inputs, ClientSelection clients, EmbeddingSink sink) {
          try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), 1, sink)) {
            for (int i = 0; i < clients.size(); i++) {
              out.write(clients.id(i), new float[] {inputs.size()});
            }
            out.finish();
          }
        }
        @Override public void save(Path model) {}
        @Override public void close() {}
      }
      """;

  private SamplePlugins() {}

  /** Writes the jars into a folder. */
  static Path write(Path folder) {
    tile().write(folder.resolve("tile.jar"));
    new PluginJarBuilder("join")
        .source("sample.JoinFactory", JOIN)
        .factory("sample.JoinFactory")
        .write(folder.resolve("join.jar"));
    return folder;
  }

  /** The jar of {@code tile}, to be changed. */
  static PluginJarBuilder tile() {
    return PluginSources.changed(
        "tile",
        "memoryBytes",
        "if (System.getProperty(\"%s\") != null) throw new IllegalStateException(\"sizeless\");"
            .formatted(SIZELESS),
        "fit",
        """
        context.checkpointDirectory();
        if (context.stepName().equals(System.getProperty("%s"))) {
          throw new PluginException(ErrorCode.INVALID_DATA, "[tile] fails as it was asked to");
        }
        if (context.stepName().equals(System.getProperty("%s"))) {
          context.allocator().buffer(64);
        }
        """
            .formatted(FAILING, LEAKING));
  }
}
