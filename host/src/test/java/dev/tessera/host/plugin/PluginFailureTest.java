package dev.tessera.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.Stage;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes out of a plugin's code is a PluginException that names plugin and step. */
class PluginFailureTest {

  @TempDir Path folder;

  @Test
  void letsThePluginsOwnExceptionThrough() {
    PluginException failure =
        inFit("throw new PluginException(ErrorCode.INVALID_DATA, \"[odd] too few visits\");");
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_DATA);
    assertThat(failure).hasMessage("[odd] too few visits");
  }

  @Test
  void namesPluginAndStepOfAnythingElse() {
    PluginException failure = inFit("throw new IllegalStateException(\"first\\n second\");");
    assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(failure)
        .hasMessage("[odd] fit of step test failed: IllegalStateException: first second")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void turnsErrorsIntoFailuresOfTheStep() {
    assertThat(inFit("throw new StackOverflowError();"))
        .hasMessage("[odd] fit of step test failed: StackOverflowError");
    assertThat(inFit("throw new NoSuchMethodError(\"x.Y.z()\");"))
        .hasMessageContaining("does not fit the classes it finds")
        .hasMessageContaining("x.Y.z()");
  }

  @Test
  void tellsWantOfHeapAndOfArrowMemoryFromFaults() {
    for (String type :
        List.of("OutOfMemoryError", "org.apache.arrow.memory.OutOfMemoryException")) {
      PluginException failure = inFit("throw new %s(\"1 GB\");".formatted(type));
      assertThat(failure.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
      assertThat(failure)
          .hasMessageContaining("[odd] fit of step test failed for want of memory")
          .hasMessageContaining("memory-limit");
    }
  }

  @Test
  void namesACheckedExceptionThatWasThrownOnTheSly() {
    assertThat(inFit("SampleFactory.sneak(new java.io.IOException(\"gone\"));"))
        .hasMessage("[odd] fit of step test failed: IOException: gone");
  }

  @Test
  void namesATaskThatFailsOnAnotherThread() {
    assertThat(inFit("context.parallel(4, task -> { throw new IllegalStateException(\"x\"); });"))
        .hasMessage("[odd] a parallel task of step test failed: IllegalStateException: x");
  }

  @Test
  void namesAMethodThatReturnsNull() {
    assertThat(inFit("if (true) return null;"))
        .hasMessageContaining("[odd] fit of step test failed")
        .hasMessageContaining("fit returned null");
    write("create", "if (true) return null;");
    assertThatThrownBy(() -> withStage(stage -> {}))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("[odd] create of step test failed")
        .hasMessageContaining("create returned null");
  }

  @Test
  void blamesTheHostForAFailureOfItsOwnSink() {
    write("fit", "");
    assertThatThrownBy(
            () ->
                withStage(
                    stage -> {
                      try (TestContext context = new TestContext();
                          BuiltLog built = TinyEvents.log(context.allocator(), 1, 20)) {
                        ((EmbeddingModel) stage)
                            .embed(
                                built.log(),
                                ClientSelection.of(100),
                                batch -> {
                                  throw new IllegalStateException("disk gone");
                                });
                      }
                    }))
        .isInstanceOf(PluginException.class)
        .hasMessage("[host] taking the rows of step test failed: IllegalStateException: disk gone");
  }

  @Test
  void guardsAMergeAsItGuardsAModel() {
    String source =
        PluginSources.source("odd")
            .replace("implements EmbeddingModel", "implements EmbeddingMerge")
            .replace(
                "fit(EventLog events)", "fit(List<Embeddings> inputs, ClientSelection clients)")
            .replace(
                "embed(EventLog events, ClientSelection",
                "merge(List<Embeddings> inputs, ClientSelection")
            .replace("/*embed*/", "if (true) throw new IllegalStateException(\"no rows\");");
    new PluginJarBuilder("odd")
        .source(PluginSources.FACTORY, source)
        .factory(PluginSources.FACTORY)
        .write(folder.resolve("odd.jar"));
    withStage(
        stage -> {
          EmbeddingMerge merge = (EmbeddingMerge) stage;
          assertThat(merge.fit(List.of(), ClientSelection.of(1)).notes()).isEmpty();
          assertThat(merge.dimension()).isEqualTo(2);
          assertThatThrownBy(() -> merge.merge(List.of(), ClientSelection.of(1), batch -> {}))
              .hasMessage("[odd] merge of step test failed: IllegalStateException: no rows");
        });
  }

  @Test
  void refusesAConfigurationOfAnotherPlugin() {
    record Other(int width) {}
    write("fit", "");
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThatThrownBy(() -> registry.require("odd").reads(new Other(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("plugin odd takes a sample.SampleFactory$Config");
    }
  }

  private PluginException inFit(String code) {
    write("fit", code.startsWith("throw") ? "if (true) " + code : code);
    return catchThrowableOfType(
        PluginException.class,
        () ->
            withStage(
                stage -> {
                  try (TestContext context = new TestContext();
                      BuiltLog built = TinyEvents.log(context.allocator(), 1, 20)) {
                    ((EmbeddingModel) stage).fit(built.log());
                  }
                }));
  }

  private void write(String mark, String code) {
    String sneak =
        "@SuppressWarnings(\"unchecked\") static <E extends Throwable> void sneak(Throwable t)"
            + " throws E { throw (E) t; }";
    PluginSources.changed("odd", "fields", sneak, mark, code).write(folder.resolve("odd.jar"));
  }

  private void withStage(java.util.function.Consumer<Stage> use) {
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder));
        TestContext context = new TestContext()) {
      LoadedPlugin plugin = registry.require("odd");
      try (Stage stage = plugin.create(PluginIsolationTest.defaults(plugin), context)) {
        use.accept(stage);
      }
    }
  }
}
