package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.testkit.TestContext;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.Test;

class IdVocabularyTest {

  private static BigIntVector vector(TestContext context, long... ids) {
    BigIntVector vector = new BigIntVector("id", context.allocator());
    vector.allocateNew(ids.length);
    for (int i = 0; i < ids.length; i++) {
      vector.set(i, ids[i]);
    }
    vector.setValueCount(ids.length);
    return vector;
  }

  @Test
  void keepsAllThatOccurWhenThereIsRoom() {
    try (TestContext context = new TestContext();
        BigIntVector ids = vector(context, 10, 20, 30, 40)) {
      IdVocabulary vocabulary = IdVocabulary.mostFrequent(ids, new long[] {5, 0, 1, 2}, 9, 4);
      assertThat(vocabulary.ids()).containsExactly(10L, 30L, 40L);
      // 20 does not occur: unknown, a token of its own behind the kept ones
      assertThat(vocabulary.tokens(ids)).containsExactly(4, 7, 5, 6);
      assertThat(vocabulary.size()).isEqualTo(8);
      assertThat(vocabulary.unknownIsTrained()).isFalse();
    }
  }

  @Test
  void keepsTheMostFrequentAndOfEqualsTheSmallest() {
    try (TestContext context = new TestContext();
        BigIntVector ids = vector(context, 10, 20, 30, 40)) {
      // "no value" takes one of the three places
      IdVocabulary vocabulary = IdVocabulary.mostFrequent(ids, new long[] {1, 2, 3, 2}, 9, 3);
      assertThat(vocabulary.ids()).containsExactly(20L, 30L);
      assertThat(vocabulary.tokens(ids)).containsExactly(4, 5, 6, 4);
      assertThat(vocabulary.size()).isEqualTo(7);
      assertThat(vocabulary.unknownIsTrained()).isTrue();
    }
  }

  @Test
  void goesByOriginalIdsInALogWithOtherCodes() {
    try (TestContext context = new TestContext();
        BigIntVector later = vector(context, 5, 20, 30, 99)) {
      IdVocabulary vocabulary = IdVocabulary.of(new long[] {10, 20, 30}, false);
      assertThat(vocabulary.tokens(later)).containsExactly(7, 5, 6, 7);
    }
  }
}
