package dev.tessera.api.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every model plugin must keep. Extend it beside the plugin and give a factory and a small
 * configuration.
 *
 * @param <C> the plugin's configuration record
 */
public abstract class ModelPluginContractTest<C extends Record> {

  @TempDir Path folder;

  /** The plugin's factory. */
  protected abstract ModelPluginFactory<C> factory();

  /** A configuration that fits a log of 60 clients in a second or two. */
  protected abstract C config();

  @Test
  void isNamedInItsServiceFile() {
    assertThat(
            ServiceLoader.load(ModelPluginFactory.class).stream()
                .map(ServiceLoader.Provider::type)
                .anyMatch(factory().getClass()::equals))
        .isTrue();
  }

  @Test
  void readsOnlyTablesThatItsInfoNames() {
    assertThat(factory().info().reads()).containsAll(factory().reads(config()));
    assertThat(factory().inputs(config())).isEmpty();
  }

  @Test
  void givesEveryClientOfTheSelectionOneFiniteVector() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        EmbeddingModel model = model(context)) {
      model.fit(built.log());
      CollectingSink sink = embed(model, built);
      assertThat(sink.ids()).isEqualTo(built.log().relevantClients().toArray());
      assertThat(sink.vectors()).allMatch(vector -> vector.length == model.dimension());
      assertThat(model.columnNames())
          .satisfiesAnyOf(
              names -> assertThat(names).isEmpty(),
              names -> assertThat(names).hasSize(model.dimension()));
    }
  }

  @Test
  void takesClientsThatTheLogDoesNotHave() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        EmbeddingModel model = model(context)) {
      model.fit(built.log());
      CollectingSink sink = new CollectingSink();
      model.embed(built.log(), ClientSelection.of(1, 100, 9_000_000_000L), sink);
      assertThat(sink.ids()).containsExactly(1, 100, 9_000_000_000L);
    }
  }

  @Test
  void takesALogWithoutEvents() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        BuiltLog empty = new EventLogBuilder().relevant(5, 6).build(context.allocator());
        EmbeddingModel model = model(context)) {
      model.fit(built.log());
      assertThat(embed(model, empty).ids()).containsExactly(5, 6);
    }
  }

  @Test
  void embedsTheSameAfterSaveAndOpen() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        BuiltLog later = TinyEvents.log(context.allocator(), 2, 80);
        EmbeddingModel model = model(context)) {
      model.fit(built.log());
      model.save(folder);
      try (EmbeddingModel opened = (EmbeddingModel) factory().open(config(), folder, context)) {
        assertThat(opened.dimension()).isEqualTo(model.dimension());
        assertThat(opened.columnNames()).isEqualTo(model.columnNames());
        assertSame(embed(opened, built), embed(model, built));
        assertSame(embed(opened, later), embed(model, later));
      }
    }
  }

  @Test
  void givesTheSameBytesForTheSameSeed() {
    CollectingSink first = fitAndEmbed(1);
    assertSame(fitAndEmbed(1), first);
  }

  @Test
  void refusesAFolderThatHoldsNoModel() throws Exception {
    Files.writeString(folder.resolve("unrelated.txt"), "x");
    try (TestContext context = new TestContext()) {
      assertThatThrownBy(() -> factory().open(config(), folder, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isIn(ErrorCode.INCOMPATIBLE_MODEL, ErrorCode.IO))
          .hasMessageContaining(folder.toString());
    }
  }

  @Test
  void leavesTheLogAsItWas() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        EmbeddingModel model = model(context)) {
      int before = contentHash(built);
      model.fit(built.log());
      embed(model, built);
      assertThat(contentHash(built)).isEqualTo(before);
    }
  }

  /** A new stage of the plugin under test. */
  protected EmbeddingModel model(TestContext context) {
    return (EmbeddingModel) factory().create(config(), context);
  }

  /** Fits on the tiny log with so many threads, and embeds its relevant clients. */
  protected CollectingSink fitAndEmbed(int parallelism) {
    try (TestContext context = new TestContext(parallelism, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        EmbeddingModel model = model(context)) {
      model.fit(built.log());
      return embed(model, built);
    }
  }

  /** Embeds the relevant clients of a log. */
  protected static CollectingSink embed(EmbeddingModel model, BuiltLog built) {
    CollectingSink sink = new CollectingSink();
    model.embed(built.log(), built.log().relevantClients(), sink);
    return sink;
  }

  /** Both sinks got the same ids and bit-equal vectors. */
  protected static void assertSame(CollectingSink actual, CollectingSink expected) {
    assertThat(actual.ids()).isEqualTo(expected.ids());
    for (int i = 0; i < expected.vectors().size(); i++) {
      assertThat(actual.vectors().get(i)).isEqualTo(expected.vectors().get(i));
    }
  }

  private static int contentHash(BuiltLog built) {
    int hash = 0;
    for (EventKind kind : EventKind.values()) {
      var table = built.log().events(kind);
      for (int row = 0; row < table.rows(); row++) {
        hash = 31 * hash + Long.hashCode(table.time(row)) + table.item(row);
      }
    }
    var products = built.log().products();
    for (int sku = 0; sku < products.size(); sku++) {
      hash = 31 * hash + products.category(sku) + 7 * products.price(sku);
    }
    return hash;
  }
}
