package dev.tessera.host.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeColumnsTest {

  @Test
  void theLongestNameOwnsAColumn() {
    Map<String, int[]> without =
        MergeColumns.without(
                List.of("als", "als_visits", "empty"),
                List.of("als_0", "als_1", "als_visits_0", "als_visits_1", "als_2"))
            .orElseThrow();
    assertThat(without).containsOnlyKeys("als", "als_visits");
    assertThat(without.get("als")).containsExactly(2, 3);
    assertThat(without.get("als_visits")).containsExactly(0, 1, 4);
  }

  @Test
  void nothingIsSaidOfColumnsThatNameNoInput() {
    assertThat(MergeColumns.without(List.of("a"), List.of("b_0"))).isEmpty();
    assertThat(MergeColumns.without(List.of("a"), List.of())).isEmpty();
    assertThat(MergeColumns.without(List.of("a"), List.of("a_0")).orElseThrow()).isEmpty();
  }
}
