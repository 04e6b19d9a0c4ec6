package dev.tessera.plugin.gruae;

import dev.tessera.api.EventKind.ItemKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.ProductTable;
import dev.tessera.neural.EventColumn;
import dev.tessera.neural.IdVocabulary;
import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.arrow.vector.BigIntVector;

/**
 * A column of original ids: category, price, sku or url. An event that has none (a visit has no
 * sku, a product without properties no category) gets the token for that.
 *
 * @param column which
 * @param vocabulary its ids
 * @param none an original id that means no value; -1 for no such id
 */
record IdCodec(TokenColumn column, IdVocabulary vocabulary, long none) implements ColumnCodec {

  @Override
  public int size() {
    return vocabulary.size();
  }

  @Override
  public OptionalInt untrained() {
    return vocabulary.unknownIsTrained()
        ? OptionalInt.empty()
        : OptionalInt.of(vocabulary.unknown());
  }

  @Override
  public EventColumn tokens(EventLog log) {
    BigIntVector ids = ids(log, column);
    int[] byValue = vocabulary.tokens(ids);
    for (int value = 0; value < byValue.length; value++) {
      if (ids.get(value) == none) {
        byValue[value] = IdVocabulary.ABSENT;
      }
    }
    int[] byItem = valueOfItem(log, column);
    for (int item = 0; item < byItem.length; item++) {
      byItem[item] = byItem[item] < 0 ? IdVocabulary.ABSENT : byValue[byItem[item]];
    }
    ItemKind items = items(column);
    return (kind, item, micros) -> kind.itemKind() == items ? byItem[item] : IdVocabulary.ABSENT;
  }

  /** What an event must be about to have a value in a column. */
  static ItemKind items(TokenColumn column) {
    return column == TokenColumn.URL ? ItemKind.URL : ItemKind.SKU;
  }

  /** The original ids of a column's values, by the log's code. */
  static BigIntVector ids(EventLog log, TokenColumn column) {
    return switch (column) {
      case CATEGORY -> log.products().categoryIds();
      case PRICE -> log.products().priceIds();
      case SKU -> log.products().skus();
      case URL -> log.urlIds();
      default -> throw new IllegalStateException("column " + column + " has no ids");
    };
  }

  /** The log's code of a column's value for each sku or url, -1 for none. */
  static int[] valueOfItem(EventLog log, TokenColumn column) {
    ProductTable products = log.products();
    int[] values =
        new int[column == TokenColumn.URL ? log.urlIds().getValueCount() : products.size()];
    Arrays.setAll(
        values,
        item ->
            switch (column) {
              case CATEGORY -> products.category(item);
              case PRICE -> products.price(item);
              default -> item;
            });
    return values;
  }
}
