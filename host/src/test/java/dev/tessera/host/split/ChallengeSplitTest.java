package dev.tessera.host.split;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.split.ChallengeSplit.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChallengeSplitTest {

  private static long micros(String time) {
    return LocalDateTime.parse(time.replace(' ', 'T')).toEpochSecond(ZoneOffset.UTC) * 1_000_000;
  }

  @Test
  void cutsAtMidnightsCountedFromTheLastPurchase() {
    ChallengeSplit split = ChallengeSplit.ofLastPurchase(micros("2022-11-19 00:00:00"));

    assertThat(split.trainTargetStart()).isEqualTo(micros("2022-10-23 00:00:00"));
    assertThat(split.validationTargetStart()).isEqualTo(micros("2022-11-06 00:00:00"));
    assertThat(split.part(micros("2022-10-22 23:59:59"))).isEqualTo(Part.INPUT);
    assertThat(split.part(micros("2022-10-23 00:00:00"))).isEqualTo(Part.TRAIN_TARGET);
    assertThat(split.part(micros("2022-11-05 23:59:59"))).isEqualTo(Part.TRAIN_TARGET);
    assertThat(split.part(micros("2022-11-06 00:00:00"))).isEqualTo(Part.VALIDATION_TARGET);
    assertThat(split.part(micros("2022-11-19 00:00:00"))).isEqualTo(Part.VALIDATION_TARGET);
    assertThat(split.part(micros("2022-11-19 00:00:01"))).isEqualTo(Part.AFTER_END);
  }

  @Test
  void splitsTheReferenceLogAsTheOrganisersDo() throws IOException {
    Path raw = GoldenData.golden("raw");
    JsonNode golden = new ObjectMapper().readTree(GoldenData.golden("split/split.json").toFile());
    long[] purchases = ReadTable.read(raw.resolve("product_buy.parquet")).micros("timestamp");
    ChallengeSplit split =
        ChallengeSplit.ofLastPurchase(Arrays.stream(purchases).max().orElseThrow());

    assertThat(split.end()).isEqualTo(micros(golden.get("end_date").asText()));
    assertThat(split.trainTargetStart())
        .isEqualTo(micros(golden.get("train_target_start").asText()));
    assertThat(split.validationTargetStart())
        .isEqualTo(micros(golden.get("validation_target_start").asText()));
    for (String table :
        new String[] {"product_buy", "add_to_cart", "remove_from_cart", "page_visit"}) {
      Map<Part, Long> rows =
          Arrays.stream(ReadTable.read(raw.resolve(table + ".parquet")).micros("timestamp"))
              .mapToObj(split::part)
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      JsonNode after = golden.get("after_input").get(table);
      assertThat(rows.get(Part.INPUT))
          .isEqualTo(golden.get("input").get(table).get("rows").asLong());
      assertThat(rows.get(Part.TRAIN_TARGET)).isEqualTo(after.get("rows_in_train_window").asLong());
      assertThat(rows.get(Part.VALIDATION_TARGET))
          .isEqualTo(after.get("rows_in_validation_window_to_end_date").asLong());
      assertThat(rows.getOrDefault(Part.AFTER_END, 0L))
          .isEqualTo(after.get("rows_after_end_date").asLong());
    }
  }
}
