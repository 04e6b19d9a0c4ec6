package dev.tessera.host.plugin;

import dev.tessera.api.testkit.PluginJarBuilder;

/** The source of a small right plugin, with marks where a test puts what is wrong. */
public final class PluginSources {

  /** The factory of {@link #MODEL_PLUGIN}. */
  public static final String FACTORY = "sample.SampleFactory";

  private static final String MODEL_PLUGIN =
      """
      package sample;

      import dev.tessera.api.*;
      import java.nio.file.Path;
      import java.util.*;

      public final class SampleFactory implements ModelPluginFactory<SampleFactory.Config> {
        record Config(
            @ConfigKey(value = "columns", defaultValue = "2", min = 1, max = 8) int width) {}

        /*fields*/

        public SampleFactory() {
          /*constructor*/
        }

        @Override public PluginInfo info() {
          /*info*/
          return new PluginInfo("%s", "counts visits", Set.of(EventKind.PAGE_VISIT),
              PluginInfo.NewClients.EMBEDDED);
        }
        @Override public Class<Config> configType() { return Config.class; }
        @Override public Set<EventKind> reads(Config config) {
          /*reads*/
          return Set.of(EventKind.PAGE_VISIT);
        }
        @Override public List<String> inputs(Config config) {
          /*inputs*/
          return List.of();
        }
        @Override public long memoryBytes(Config config, EventLog events) {
          /*memoryBytes*/
          return 1000L * config.width();
        }
        @Override public Stage create(Config config, PluginContext context) {
          /*create*/
          return new SampleModel(config.width(), context);
        }
        @Override public Stage open(Config config, Path folder, PluginContext context) {
          /*open*/
          return new SampleModel(config.width(), context);
        }
      }

      final class SampleModel implements EmbeddingModel {
        private final int width;
        private final PluginContext context;

        SampleModel(int width, PluginContext context) {
          this.width = width;
          this.context = context;
        }

        @Override public int dimension() {
          /*dimension*/
          return width;
        }
        @Override public List<String> columnNames() {
          /*columnNames*/
          return List.of();
        }
        @Override public TrainingReport fit(EventLog events) {
          /*fit*/
          return TrainingReport.empty();
        }
        @Override public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
          /*embed*/
          try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), width, sink)) {
            for (int i = 0; i < clients.size(); i++) {
              out.write(clients.id(i), new float[width]);
            }
            out.finish();
          }
        }
        @Override public void save(Path folder) {
          /*save*/
        }
        @Override public void close() {
          /*close*/
        }
      }
      """;

  private PluginSources() {}

  /** A right plugin. */
  public static PluginJarBuilder good(String id) {
    return changed(id);
  }

  /**
   * The plugin with code put in.
   *
   * @param changes pairs of a mark's name and the code that replaces it
   */
  public static PluginJarBuilder changed(String id, String... changes) {
    return new PluginJarBuilder(id).source(FACTORY, source(id, changes)).factory(FACTORY);
  }

  /** The source itself. */
  public static String source(String id, String... changes) {
    String source = MODEL_PLUGIN.formatted(id);
    for (int i = 0; i < changes.length; i += 2) {
      String mark = "/*" + changes[i] + "*/";
      if (!source.contains(mark)) {
        throw new IllegalArgumentException("no mark " + mark);
      }
      source = source.replace(mark, changes[i + 1]);
    }
    return source;
  }
}
