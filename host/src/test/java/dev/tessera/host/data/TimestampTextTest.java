package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTextTest {

  private static long parse(String text) {
    byte[] bytes = (">" + text + "<").getBytes(StandardCharsets.UTF_8);
    return TimestampText.parse(bytes, 1, bytes.length - 1);
  }

  @Test
  void agreesWithJavaTimeOverTheCenturies() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long second = random.nextLong(-62_135_596_800L, 253_402_300_800L); // years 0001 to 9999
      LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
      String text = "%tF %<tT".formatted(time);
      assertThat(parse(text)).as(text).isEqualTo(second * 1_000_000);
    }
  }

  @Test
  void takesTAndFractionsAndZ() {
    long whole = parse("2022-06-23 14:05:59");
    assertThat(parse("2022-06-23T14:05:59Z")).isEqualTo(whole);
    assertThat(parse("2022-06-23 14:05:59.5")).isEqualTo(whole + 500_000);
    assertThat(parse("2022-06-23 14:05:59.000001999")).isEqualTo(whole + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2022-06-23",
        "2022-06-23 14:05",
        "2022-13-01 00:00:00",
        "2022-00-01 00:00:00",
        "2023-02-29 00:00:00",
        "1900-02-29 00:00:00",
        "2022-06-31 00:00:00",
        "2022-06-23 24:00:00",
        "2022-06-23 14:60:00",
        "2022-06-23 14:05:60",
        "2022/06/23 14:05:59",
        "2022-06-23 14:05:59 ",
        "2022-06-23 14:05:59.",
        "2022-06-23 14:05:59.1234567890",
        "2022-06-23 14:05:59+02:00",
        "x022-06-23 14:05:59",
      })
  void refusesWhatIsNoTime(String text) {
    assertThat(parse(text)).isEqualTo(TimestampText.INVALID);
  }
}
