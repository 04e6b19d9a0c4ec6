package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlmModelTest {

  @TempDir Path folder;

  private final TinyDecoder decoder = new TinyDecoder(1);

  @BeforeEach
  void writeModel() {
    decoder.write(folder);
  }

  /** Pages visited, as words: "7 8 9". */
  private LlmConfigs pages() {
    return new LlmConfigs()
        .model(folder)
        .lines(64, EventKind.PAGE_VISIT)
        .order(TextOrder.OLDEST_FIRST, true)
        .templates(Map.of(EventKind.PAGE_VISIT, "{item}"))
        .pooling(Pooling.LAST_TOKEN, false);
  }

  /** Client c visits the pages c % distinct, c % distinct + 1, … */
  private static EventLogBuilder visits(int clients, int distinct) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int client = 0; client < clients; client++) {
      builder.relevant(client);
      int first = client % distinct;
      for (int i = 0; i <= first % 5; i++) {
        builder.event(EventKind.PAGE_VISIT, client, i * 1_000_000L, first + i);
      }
    }
    return builder;
  }

  private static CollectingSink embed(LlmConfig config, PluginContext context, BuiltLog built) {
    CollectingSink sink = new CollectingSink();
    try (LlmModel model = LlmModel.create(config, context)) {
      assertThat(model.fit(built.log()).notes()).anyMatch(note -> note.contains("no training"));
      model.embed(built.log(), built.log().relevantClients(), sink);
    }
    return sink;
  }

  @Test
  void embedsEqualTextsOnceAndEachRightly() {
    try (TestContext context = new TestContext(2, 1);
        BuiltLog built = visits(90, 30).relevant(1000).build(context.allocator())) {
      ObservedContext observed = new ObservedContext(context, "cpu", Long.MAX_VALUE);
      CollectingSink sink = embed(pages().batches(512, 0, 7).build(), observed, built);
      assertThat(observed.total()).isEqualTo(30);
      assertThat(observed.done()).isEqualTo(30);
      assertThat(observed.notes()).last().asString().matches("[\\d,.]+ texts/s, [\\d,]+ tokens/s");
      for (int client = 0; client < 90; client++) {
        int first = client % 30;
        int[] ids = new int[first % 5 + 1];
        java.util.Arrays.setAll(ids, i -> first + i + 1);
        double[] expected = decoder.states(ids)[ids.length - 1];
        float[] actual = sink.vector(client);
        for (int d = 0; d < expected.length; d++) {
          assertThat((double) actual[d]).isCloseTo(expected[d], within(1e-5));
        }
      }
      assertThat(sink.vector(1000)).containsOnly(0);
    }
  }

  @Test
  void goesOnWhereAKilledRunWas() {
    LlmConfig config = pages().batches(512, 4, 10).build();
    try (TestContext context = new TestContext(2, 1);
        TestContext other = new TestContext(1, 1);
        BuiltLog built = visits(45, 45).build(context.allocator())) {
      ObservedContext killed = new ObservedContext(context, "cpu", 25);
      assertThatThrownBy(() -> embed(config, killed, built))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
      ObservedContext resumed = new ObservedContext(context, "cpu", Long.MAX_VALUE);
      CollectingSink sink = embed(config, resumed, built);
      assertThat(resumed.notes()).first().isEqualTo("20 texts done by an earlier run");
      assertThat(resumed.done()).isEqualTo(45);
      CollectingSink whole = embed(config, other, built);
      for (int i = 0; i < 45; i++) {
        assertThat(sink.vectors().get(i)).isEqualTo(whole.vectors().get(i));
      }
    }
  }

  @Test
  void doesNotTakeUpVectorsOfAnotherModelOrOtherTexts() {
    LlmConfig config = pages().build();
    try (TestContext context = new TestContext(1, 1);
        BuiltLog built = visits(20, 20).build(context.allocator());
        BuiltLog later = visits(21, 21).build(context.allocator())) {
      CollectingSink first = embed(config, context, built);
      new TinyDecoder(2).write(folder);
      ObservedContext second = new ObservedContext(context, "cpu", Long.MAX_VALUE);
      assertThat(embed(config, second, built).vector(3)).isNotEqualTo(first.vector(3));
      ObservedContext third = new ObservedContext(context, "cpu", Long.MAX_VALUE);
      embed(config, third, later);
      assertThat(List.of(second.notes().get(0), third.notes().get(0)))
          .noneMatch(note -> note.contains("earlier"));
    }
  }

  @Test
  void refusesASavedModelWhoseFilesHaveChanged() throws IOException {
    Path saved = Files.createDirectories(folder.resolve("saved"));
    LlmConfig config = pages().build();
    try (TestContext context = new TestContext()) {
      try (LlmModel model = LlmModel.create(config, context)) {
        model.save(saved);
      }
      LlmModel.open(config, saved, context).close();
      new TinyDecoder(2).write(folder);
      assertThatThrownBy(() -> LlmModel.open(config, saved, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessageContaining("digest");
    }
  }

  @Test
  void givesZerosToTextsWithoutTokens() {
    LlmConfig config = pages().templates(Map.of(EventKind.PAGE_VISIT, "  ")).build();
    try (TestContext context = new TestContext();
        BuiltLog built = visits(12, 12).build(context.allocator())) {
      CollectingSink sink = embed(config, context, built);
      assertThat(sink.vectors()).hasSize(12).allSatisfy(v -> assertThat(v).containsOnly(0));
    }
  }

  @Test
  void saysOnceThatTextsHaveNoTokens() {
    LlmConfig config = pages().templates(Map.of(EventKind.PAGE_VISIT, " ")).build();
    ModelSource source = ModelSource.find(config.model());
    List<String> remarks = new java.util.ArrayList<>();
    try (TestContext context = new TestContext();
        BuiltLog built = visits(12, 12).build(context.allocator());
        TextTokenizer tokenizer = TextTokenizer.open(source, 64, Truncation.LEFT);
        TextGraph graph = TextGraph.open(source, config, tokenizer, context)) {
      new TextEmbedder(config, source.digest(), tokenizer, graph, context, remarks::add)
          .embed(built.log(), built.log().relevantClients(), new CollectingSink());
    }
    assertThat(remarks)
        .containsExactly(
            "5 text(s) have no token that the model knows, as client 0's: their vectors are zeros");
  }

  @Test
  void takesTextsOf100_000Characters() {
    String line = "1 2 3 ".repeat(17_000);
    LlmConfig config =
        pages()
            .templates(Map.of(EventKind.PAGE_VISIT, line + "{item}"))
            .maxTokens(32, Truncation.LEFT)
            .build();
    try (TestContext context = new TestContext();
        BuiltLog built = visits(1, 1).build(context.allocator())) {
      CollectingSink sink = embed(config, context, built);
      int[] ids = new int[32];
      java.util.Arrays.setAll(ids, i -> i == 31 ? 1 : (i + 2) % 3 + 2);
      double[] expected = decoder.states(ids)[31];
      for (int d = 0; d < expected.length; d++) {
        assertThat((double) sink.vector(0)[d]).isCloseTo(expected[d], within(1e-5));
      }
    }
  }

  @Test
  void saysWhatToLowerIfAGraphTakesFewerTokens() {
    LlmConfig config = pages().templates(Map.of(EventKind.PAGE_VISIT, "1 ".repeat(100))).build();
    try (TestContext context = new TestContext();
        BuiltLog built = visits(1, 1).build(context.allocator())) {
      assertThatThrownBy(() -> embed(config, context, built))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("its graph failed at 1 text(s) of 100 tokens: ")
          .hasMessageEndingWith("if it takes fewer tokens, lower max-tokens (now 512)")
          .message()
          .satisfies(said -> assertThat(said.lines()).hasSize(1));
    }
  }

  @Test
  void fallsBackToTheCpuInOneLine() {
    LlmConfig config = pages().build();
    ModelSource source = ModelSource.find(config.model());
    try (TestContext context = new TestContext();
        TextTokenizer tokenizer = TextTokenizer.open(source, 64, Truncation.LEFT);
        TextGraph graph =
            TextGraph.open(
                source,
                config,
                tokenizer,
                new ObservedContext(context, "cuda:7", Long.MAX_VALUE))) {
      assertThat(graph.onGpu()).isFalse();
      assertThat(graph.remark())
          .hasValueSatisfying(
              line ->
                  assertThat(line)
                      .startsWith("computes on the CPU, not on cuda:7: ")
                      .hasLineCount(1));
    }
  }
}
