package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeTextTest {

  private final CodeText parser = new CodeText();

  private boolean parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return parser.parse(bytes, 0, bytes.length);
  }

  @Test
  void readsWhatNumPyPrintsAlsoOverSeveralLines() {
    assertThat(parse(" [  0   1   2   3   4   5   6 255\n 128   9  10  11  12  13  14  15]\n"))
        .isTrue();
    assertThat(parser.high()).isEqualTo(0x00010203040506ffL);
    assertThat(parser.low()).isEqualTo(0x80090a0b0c0d0e0fL);
  }

  @ParameterizedTest
  @CsvSource({
    "'', found no brackets around them",
    "'1 2 3', found no brackets around them",
    "'[]', found 0",
    "'[1 2 3 4 5 6 7 8 9 10 11 12 13 14 15]', found 15",
    "'[1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]', found 17",
    "'[1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 256]', found a number above 255",
    "'[1,2]', 'found '','' between them'",
    "'[-1 2]', 'found ''-'' between them'",
  })
  void saysWhatItFoundInsteadOf16Numbers(String text, String problem) {
    assertThat(parse(text)).isFalse();
    assertThat(parser.problem()).isEqualTo(problem);
  }
}
