package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.testkit.TestContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The carried model against what is published of the model that it was quantised from. */
class MiniLmTest {

  /** How far the quantised model may be from the float32 one. */
  private static final double QUANTISED = 0.03;

  private static List<float[]> embed(List<String> texts) {
    LlmConfig config = new LlmConfigs().pooling(Pooling.MEAN, true).build();
    ModelSource source = ModelSource.find(config.model());
    try (TestContext context = new TestContext();
        TextTokenizer tokenizer =
            TextTokenizer.open(source, config.maxTokens(), config.truncation());
        TextGraph graph = TextGraph.open(source, config, tokenizer, context)) {
      assertThat(graph.alone()).isTrue();
      List<float[]> vectors = new ArrayList<>();
      for (String text : texts) {
        float[] vector = new float[graph.width()];
        graph.embed(new int[][] {tokenizer.ids(text)}, vector, new int[] {0});
        vectors.add(vector);
      }
      return vectors;
    }
  }

  private static double cosine(float[] left, float[] right) {
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      product += left[i] * right[i];
      leftSquares += left[i] * left[i];
      rightSquares += right[i] * right[i];
    }
    return product / Math.sqrt(leftSquares * rightSquares);
  }

  /** The example of sbert.net's page "Usage", with its printed similarities. */
  @Test
  void givesThePublishedSimilarities() {
    List<float[]> vectors =
        embed(
            List.of(
                "The weather is lovely today.",
                "It's so sunny outside!",
                "He drove to the stadium."));
    assertThat(vectors.get(0)).hasSize(384);
    assertThat(cosine(vectors.get(0), vectors.get(1))).isCloseTo(0.6660, within(QUANTISED));
    assertThat(cosine(vectors.get(0), vectors.get(2))).isCloseTo(0.1046, within(QUANTISED));
    assertThat(cosine(vectors.get(1), vectors.get(2))).isCloseTo(0.1411, within(QUANTISED));
  }

  /** The first components that the model's card and many guides print for its example. */
  @Test
  void givesThePublishedVector() {
    float[] vector = embed(List.of("This is an example sentence")).get(0);
    float[] published = {0.0676569f, 0.0634959f, 0.0487131f, 0.0793049f, 0.0374481f, 0.0026527f};
    float[] first = java.util.Arrays.copyOf(vector, published.length);
    assertThat(cosine(first, published)).isGreaterThan(0.98);
    for (int i = 0; i < published.length; i++) {
      assertThat((double) first[i]).isCloseTo(published[i], within(QUANTISED));
    }
  }

  @Test
  void findsRelatedSentencesCloserThanOthers() {
    List<float[]> vectors =
        embed(
            List.of(
                "A man is eating food.",
                "A man is eating a piece of bread.",
                "The girl is carrying a baby.",
                "A cheetah is running behind its prey.",
                "A cheetah chases prey on across a field."));
    double bread = cosine(vectors.get(0), vectors.get(1));
    double cheetahs = cosine(vectors.get(3), vectors.get(4));
    for (int i : new int[] {0, 1, 2}) {
      for (int j : new int[] {3, 4}) {
        assertThat(cosine(vectors.get(i), vectors.get(j))).isLessThan(Math.min(bread, cheetahs));
      }
    }
    assertThat(cosine(vectors.get(0), vectors.get(2))).isLessThan(bread);
  }
}
