package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.testkit.TestContext;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecoderTest {

  private static final double TOLERANCE = 1e-5;
  private static final List<String> TEXTS = List.of("3 14 15 92", "65", "3 14 15 92 65 35 89 79 x");

  @TempDir Path folder;

  private final TinyDecoder decoder = new TinyDecoder(1);

  /** The vectors of all texts in one batch. */
  private float[] embed(LlmConfig config) {
    ModelSource source = ModelSource.find(config.model());
    try (TestContext context = new TestContext();
        TextTokenizer tokenizer =
            TextTokenizer.open(source, config.maxTokens(), config.truncation());
        TextGraph graph = TextGraph.open(source, config, tokenizer, context)) {
      assertThat(graph.width()).isEqualTo(TinyDecoder.WIDTH);
      assertThat(graph.alone()).isFalse();
      float[] vectors = new float[TEXTS.size() * TinyDecoder.WIDTH];
      // written in reverse, to see that rows are where they are said to be
      graph.embed(
          TEXTS.stream().map(tokenizer::ids).toArray(int[][]::new), vectors, new int[] {2, 1, 0});
      return vectors;
    }
  }

  private static int[] ids(String text) {
    return java.util.Arrays.stream(text.split(" "))
        .mapToInt(word -> word.equals("x") ? 0 : Integer.parseInt(word) + 1)
        .toArray();
  }

  private void assertVectors(float[] actual, Pooling pooling, boolean normalized) {
    for (int i = 0; i < TEXTS.size(); i++) {
      double[][] states = decoder.states(ids(TEXTS.get(i)));
      double[] expected = new double[TinyDecoder.WIDTH];
      double squares = 0;
      for (int d = 0; d < expected.length; d++) {
        expected[d] =
            switch (pooling) {
              case CLS -> states[0][d];
              case LAST_TOKEN -> states[states.length - 1][d];
              case MEAN -> {
                double sum = 0;
                for (double[] state : states) {
                  sum += state[d];
                }
                yield sum / states.length;
              }
            };
        squares += expected[d] * expected[d];
      }
      for (int d = 0; d < expected.length; d++) {
        assertThat((double) actual[(2 - i) * TinyDecoder.WIDTH + d])
            .isCloseTo(
                normalized ? expected[d] / Math.sqrt(squares) : expected[d], within(TOLERANCE));
      }
    }
  }

  @Test
  void givesTheStatesOfADecoderByEachPooling() {
    decoder.write(folder);
    for (Pooling pooling : Pooling.values()) {
      for (boolean normalized : new boolean[] {false, true}) {
        LlmConfig config = new LlmConfigs().model(folder).pooling(pooling, normalized).build();
        assertVectors(embed(config), pooling, normalized);
      }
    }
  }

  @Test
  void givesAGraph32BitNumbersIfItAsksForThem() {
    decoder.write(folder, OnnxGraph.INT32, TinyDecoder.VOCABULARY);
    assertVectors(
        embed(new LlmConfigs().model(folder).pooling(Pooling.LAST_TOKEN, false).build()),
        Pooling.LAST_TOKEN,
        false);
  }
}
