package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextTokenizerTest {

  private static final int BEGIN = 101;
  private static final int END = 102;

  private static final ModelSource SOURCE = ModelSource.find(LlmConfig.DEFAULT_MODEL);

  private static int[] ids(String text, int maxTokens, Truncation side) {
    try (TextTokenizer tokenizer = TextTokenizer.open(SOURCE, maxTokens, side)) {
      return tokenizer.ids(text);
    }
  }

  private static String longText(int words) {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : i % 17 == 0 ? "\n" : " ").append(random.nextInt(256));
      text.append(i % 5 == 0 ? "; extraordinarily:" : "");
    }
    return text.toString();
  }

  @Test
  void dropsTheFirstOrTheLastTokensButNotTheSpecialOnes() {
    assertThat(ids("one two three four", 100, Truncation.LEFT))
        .containsExactly(BEGIN, 2028, 2048, 2093, 2176, END);
    assertThat(ids("one two three four", 4, Truncation.LEFT))
        .containsExactly(BEGIN, 2093, 2176, END);
    assertThat(ids("one two three four", 4, Truncation.RIGHT))
        .containsExactly(BEGIN, 2028, 2048, END);
  }

  @Test
  void readsOfALongTextWhatItWouldReadOfTheWhole() {
    for (int words : new int[] {10, 100, 1000, 5000}) {
      String text = longText(words);
      int[] whole = ids(text, 100_000, Truncation.LEFT);
      for (int most : new int[] {8, 64, 512}) {
        int kept = Math.min(whole.length, most) - 2;
        int[] last = Arrays.copyOfRange(whole, whole.length - 1 - kept, whole.length - 1);
        int[] first = Arrays.copyOfRange(whole, 1, 1 + kept);
        assertThat(ids(text, most, Truncation.LEFT)).isEqualTo(framed(last));
        assertThat(ids(text, most, Truncation.RIGHT)).isEqualTo(framed(first));
      }
    }
  }

  private static int[] framed(int[] ids) {
    return IntStream.concat(
            IntStream.of(BEGIN), IntStream.concat(IntStream.of(ids), IntStream.of(END)))
        .toArray();
  }

  @Test
  void takesTextsOf100_000CharactersWithOrWithoutSpaces() {
    String words = "word ".repeat(20_000);
    assertThat(ids(words, 512, Truncation.LEFT)).hasSize(512).contains(2773);
    assertThat(ids(words, 512, Truncation.RIGHT)).hasSize(512).contains(2773);
    // one word that is too long for the vocabulary: unknown
    assertThat(ids("x".repeat(100_000), 512, Truncation.LEFT)).containsExactly(BEGIN, 100, END);
  }

  @Test
  void givesNothingForATextWithoutTokens() {
    assertThat(ids("", 512, Truncation.LEFT)).isEmpty();
    assertThat(ids(" \n\t ", 512, Truncation.LEFT)).isEmpty();
  }

  private static long largest(String json) throws IOException {
    return TokenIds.largest(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void findsTheLargestIdOfEachKindOfVocabulary() throws IOException {
    String head = "{\"version\": \"1.0\", \"normalizer\": {\"id\": 99}, ";
    assertThat(largest(head + "\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4, \"b\": 7}}}"))
        .isEqualTo(7);
    assertThat(
            largest(
                head
                    + "\"added_tokens\": [{\"id\": 9, \"content\": \"<s>\", \"x\": [1]}, {\"id\": 3}],"
                    + "\"model\": {\"vocab\": [[\"a\", -1.5], [\"b\", -2]], \"merges\": [[1]]}}"))
        .isEqualTo(9);
    assertThat(largest(head + "\"model\": {\"vocab\": [[\"a\", -1.5], [\"b\", -2]]}}"))
        .isEqualTo(1);
    assertThat(largest("{}")).isEqualTo(-1);
  }
}
