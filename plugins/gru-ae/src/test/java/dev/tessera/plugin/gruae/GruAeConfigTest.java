package dev.tessera.plugin.gruae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.EventKind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GruAeConfigTest {

  @Test
  void refusesAHiddenSizeThatIsNotTheWidthOfAToken() {
    assertThatThrownBy(() -> new GruAeConfigs().sizes(6, 2).hidden(10))
        .hasMessage(
            "hidden-size must be 12, the width of a token (embedding-size 6, 2 column(s),"
                + " concatenated), was 10");
    assertThatThrownBy(() -> new GruAeConfigs().combine(Combine.SUM).sizes(6, 2).hidden(12))
        .hasMessageContaining("hidden-size must be 6");
  }

  @Test
  void refusesToDropColumnsThatStandSideBySide() {
    assertThatThrownBy(() -> new GruAeConfigs().missing(MissingColumns.DROP).build())
        .hasMessageContaining("missing-columns: drop needs combine: sum");
  }

  @Test
  void refusesNameCodesBesideOtherColumns() {
    assertThatThrownBy(
            () -> new GruAeConfigs().columns(TokenColumn.NAME_CODES, TokenColumn.DAY).build())
        .hasMessage("columns: name-codes must stand alone, was [name-codes, day]");
  }

  @Test
  void refusesNoColumnAndAColumnTwice() {
    assertThatThrownBy(() -> new GruAeConfigs().columns().hidden(8))
        .hasMessage("columns must name at least one column, was empty");
    assertThatThrownBy(() -> new GruAeConfigs().columns(TokenColumn.DAY, TokenColumn.DAY).build())
        .hasMessageContaining("columns names one twice");
  }

  @Test
  void refusesACapOfAColumnWithoutIds() {
    assertThatThrownBy(() -> new GruAeConfigs().caps(Map.of(TokenColumn.DAY, 5)).build())
        .hasMessage("max-values may name category, price, sku, url, was day");
  }

  @Test
  void refusesABatchThatIsShorterThanASequence() {
    assertThatThrownBy(() -> new GruAeConfigs().batches(8, 100).build())
        .hasMessage("batch-tokens must be at least max-tokens + 2 = 128, was 100");
  }

  @Test
  void readsOnlyTablesOfProductsForNames() {
    GruAeConfig config = new GruAeConfigs().columns(TokenColumn.NAME_CODES).build();
    assertThat(config.kinds())
        .containsExactly(EventKind.PRODUCT_BUY, EventKind.ADD_TO_CART, EventKind.REMOVE_FROM_CART);
  }
}
