package dev.tessera.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.host.config.ConfigMap;
import dev.tessera.host.config.Origin;
import dev.tessera.host.config.RecordBinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose classes a plugin sees, and with which context class loader it runs. */
class PluginIsolationTest {

  /** Fails unless the context class loader is the plugin's own. */
  private static final String CHECK =
      """
      if (Thread.currentThread().getContextClassLoader() != SampleFactory.class.getClassLoader())
        throw new IllegalStateException("the context class loader is another's");
      """;

  @TempDir Path folder;

  @Test
  void runsEveryCallWithThePluginsContextClassLoader() {
    PluginSources.changed(
            "watchful",
            "fields",
            "static { " + CHECK + "}",
            "constructor",
            CHECK,
            "info",
            CHECK,
            "reads",
            CHECK,
            "inputs",
            CHECK,
            "memoryBytes",
            CHECK,
            "create",
            CHECK,
            "open",
            CHECK,
            "dimension",
            CHECK,
            "columnNames",
            CHECK,
            "fit",
            CHECK + "context.parallel(8, task -> { " + CHECK + " });",
            "embed",
            CHECK,
            "save",
            CHECK,
            "close",
            CHECK)
        .write(folder.resolve("watchful.jar"));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder));
        TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 20)) {
      LoadedPlugin plugin = registry.require("watchful");
      Record config = defaults(plugin);
      EventLog log = built.log();
      assertThat(plugin.reads(config)).hasSize(1);
      assertThat(plugin.inputs(config)).isEmpty();
      assertThat(plugin.memoryBytes(config, log)).isEqualTo(2000);
      List<ClassLoader> seenBySink = new ArrayList<>();
      for (boolean opened : new boolean[] {false, true}) {
        try (EmbeddingModel model =
            (EmbeddingModel)
                (opened ? plugin.open(config, folder, context) : plugin.create(config, context))) {
          model.fit(log);
          model.embed(
              log,
              log.relevantClients(),
              batch -> seenBySink.add(Thread.currentThread().getContextClassLoader()));
          model.save(folder);
          assertThat(model.dimension()).isEqualTo(2);
          assertThat(model.columnNames()).isEmpty();
        }
      }
      assertThat(seenBySink).isNotEmpty().containsOnly(PluginRegistry.class.getClassLoader());
    }
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void putsTheContextClassLoaderBackWhenThePluginThrows() {
    PluginSources.changed("thrower", "inputs", "if (true) throw new Error(\"on purpose\");")
        .write(folder.resolve("thrower.jar"));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      LoadedPlugin plugin = registry.require("thrower");
      assertThatThrownBy(() -> plugin.inputs(defaults(plugin))).isInstanceOf(PluginException.class);
    }
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void sharesTheContractAndArrowWithThePlugin() {
    assertThat(
            answer(
                "String.valueOf(org.apache.arrow.vector.IntVector.class.getClassLoader()"
                    + " == PluginInfo.class.getClassLoader())"))
        .isEqualTo("true");
  }

  @Test
  void prefersThePluginsOwnCopyOfALibraryThatTheHostUsesToo() {
    PluginJarBuilder jar =
        answering("new picocli.CommandLine().whose()")
            .source(
                "picocli.CommandLine",
                "package picocli; public class CommandLine {"
                    + " public String whose() { return \"the plugin's\"; } }");
    assertThat(answer(jar)).isEqualTo("the plugin's");
  }

  @Test
  void hidesLibrariesThatTheHostHasForItself() {
    String lookUp = "found(\"%s\")";
    assertThat(answer(lookUp.formatted("picocli.CommandLine"))).isEqualTo("hidden");
    assertThat(answer(lookUp.formatted("com.fasterxml.jackson.core.JsonFactory")))
        .isEqualTo("hidden");
    assertThat(answer(lookUp.formatted("dev.tessera.host.plugin.PluginRegistry")))
        .isEqualTo("hidden");
    assertThat(answer(lookUp.formatted("org.slf4j.Logger"))).isEqualTo("found");
    assertThat(answer(lookUp.formatted("java.sql.Driver"))).isEqualTo("found");
  }

  @Test
  void showsResourcesOfTheJarBeforeThoseOfTheHost() {
    PluginJarBuilder jar =
        answering("text(\"picocli/note.txt\")").entry("picocli/note.txt", "from the jar");
    assertThat(answer(jar)).isEqualTo("from the jar");
  }

  @Test
  void keepsStaticStateOfTwoPluginsApart() {
    String counting = "static int made; static String next() { return String.valueOf(++made); }";
    for (String id : List.of("one", "two")) {
      PluginSources.changed(
              id,
              "fields",
              counting,
              "columnNames",
              "if (true) return List.of(SampleFactory.next());")
          .write(folder.resolve(id + ".jar"));
    }
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThat(firstColumn(registry.require("one"))).isEqualTo("1");
      assertThat(firstColumn(registry.require("one"))).isEqualTo("2");
      assertThat(firstColumn(registry.require("two"))).isEqualTo("1");
    }
  }

  private String answer(String expression) {
    return answer(answering(expression));
  }

  private String answer(PluginJarBuilder jar) {
    jar.write(folder.resolve("curious.jar"));
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      return firstColumn(registry.require("curious"));
    }
  }

  /** A plugin whose one column's name is the value of an expression. */
  private static PluginJarBuilder answering(String expression) {
    String looks =
        """
        static String found(String name) {
          try {
            Class.forName(name, false, SampleFactory.class.getClassLoader());
            return "found";
          } catch (ClassNotFoundException e) {
            return "hidden";
          }
        }
        static String text(String name) {
          try (var in = SampleFactory.class.getClassLoader().getResourceAsStream(name)) {
            return new String(in.readAllBytes());
          } catch (java.io.IOException e) {
            return e.toString();
          }
        }
        static String answer() { return %s; }
        """
            .formatted(expression);
    return PluginSources.changed(
        "curious",
        "fields",
        looks,
        "columnNames",
        "if (true) return List.of(SampleFactory.answer());");
  }

  private static String firstColumn(LoadedPlugin plugin) {
    try (TestContext context = new TestContext();
        EmbeddingModel model = (EmbeddingModel) plugin.create(defaults(plugin), context)) {
      return model.columnNames().get(0);
    }
  }

  static Record defaults(LoadedPlugin plugin) {
    ConfigMap empty = new ConfigMap("", new Origin.Default(), Map.of());
    return new RecordBinder(plugin.id()).bind(empty, plugin.configType()).record();
  }
}
