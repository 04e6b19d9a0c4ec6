package dev.tessera.host.synth;

import dev.tessera.api.EventKind;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.split.ChallengeSplit;
import dev.tessera.host.split.ChallengeSplit.Part;
import dev.tessera.host.split.PurchaseCounts;
import dev.tessera.host.synth.ShopTables.Rows;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a block's indices into the ids, times and texts of the files. Immutable, for any thread.
 */
final class BlockRows {

  private static final int LEAST_CLIENT_RANGE = 6_000_000;

  /** Two in a thousand client ids do not fit 32 bits, as in the challenge. */
  private static final int LARGE_ID_ONE_IN = 500;

  private final Catalogue catalogue;
  private final ChallengeSplit split;
  private final IdScatter clientIds;

  BlockRows(ShopPlan plan, Catalogue catalogue) {
    this.catalogue = catalogue;
    this.split = new ShopCalendar(plan.days()).split();
    this.clientIds = new IdScatter(plan.clients(), LEAST_CLIENT_RANGE);
  }

  /**
   * What one block adds to the files.
   *
   * @param all rows of the event tables
   * @param input those of them before the train target
   * @param targets purchases in the two windows, with their product's properties
   */
  record Block(
      EventColumns purchases,
      Map<EventKind, Rows> all,
      Map<EventKind, Rows> input,
      Map<Part, Rows> targets) {}

  Block of(EventBlock events) {
    Map<EventKind, Rows> all = new EnumMap<>(EventKind.class);
    Map<EventKind, Rows> input = new EnumMap<>(EventKind.class);
    for (EventKind kind : EventKind.values()) {
      EventColumns columns = events.table(kind);
      int[] everyRow = new int[columns.rows()];
      int[] inputRow = new int[columns.rows()];
      int inputs = 0;
      for (int row = 0; row < everyRow.length; row++) {
        everyRow[row] = row;
        inputRow[inputs] = row;
        inputs += partOf(columns, row) == Part.INPUT ? 1 : 0;
      }
      all.put(kind, rows(kind, columns, everyRow, everyRow.length));
      input.put(kind, rows(kind, columns, inputRow, inputs));
    }
    EventColumns purchases = events.table(EventKind.PRODUCT_BUY);
    Map<Part, Rows> targets = new EnumMap<>(Part.class);
    targets.put(Part.TRAIN_TARGET, target(purchases, Part.TRAIN_TARGET));
    targets.put(Part.VALIDATION_TARGET, target(purchases, Part.VALIDATION_TARGET));
    return new Block(purchases, all, input, targets);
  }

  /** The id that the files give to the {@code client}-th client. */
  long clientId(long client) {
    long id = clientIds.id(client);
    return client % LARGE_ID_ONE_IN == LARGE_ID_ONE_IN - 1 ? id + (1L + client % 3 << 31) : id;
  }

  private Part partOf(EventColumns events, int row) {
    return split.part(ShopCalendar.micros(events.second(row)));
  }

  private Rows rows(EventKind kind, EventColumns events, int[] selected, int count) {
    return new Rows(
        count,
        List.of(
            clients(events, selected, count),
            times(events, selected, count),
            items(kind, events, selected, count)));
  }

  private ColumnValues clients(EventColumns events, int[] selected, int count) {
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = clientId(events.client(selected[i]));
    }
    return new ColumnValues.Longs(ids);
  }

  private static ColumnValues times(EventColumns events, int[] selected, int count) {
    long[] micros = new long[count];
    for (int i = 0; i < count; i++) {
      micros[i] = ShopCalendar.micros(events.second(selected[i]));
    }
    return new ColumnValues.Longs(micros);
  }

  private ColumnValues items(EventKind kind, EventColumns events, int[] selected, int count) {
    if (kind == EventKind.SEARCH_QUERY) {
      CodeTexts texts = new CodeTexts(catalogue, count);
      for (int i = 0; i < count; i++) {
        texts.addQuery(events.item(selected[i]));
      }
      return texts.texts();
    }
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      int item = (int) events.item(selected[i]);
      ids[i] = kind == EventKind.PAGE_VISIT ? catalogue.url(item) : catalogue.sku(item);
    }
    return new ColumnValues.Longs(ids);
  }

  /** A left join with the product table: a purchase counts whether its product is known or not. */
  private Rows target(EventColumns purchases, Part part) {
    int[] selected = new int[purchases.rows()];
    int count = 0;
    for (int row = 0; row < selected.length; row++) {
      selected[count] = row;
      count += partOf(purchases, row) == part ? 1 : 0;
    }
    long[] categories = new long[count];
    long[] prices = new long[count];
    CodeTexts names = new CodeTexts(catalogue, count);
    for (int i = 0; i < count; i++) {
      int product = (int) purchases.item(selected[i]);
      boolean known = catalogue.isKnown(product);
      categories[i] =
          known ? catalogue.categoryId(catalogue.categoryOf(product)) : PurchaseCounts.UNKNOWN;
      prices[i] = known ? catalogue.price(product) : PurchaseCounts.UNKNOWN;
      if (known) {
        names.addName(product);
      } else {
        names.addEmpty();
      }
    }
    List<ColumnValues> columns =
        new ArrayList<>(rows(EventKind.PRODUCT_BUY, purchases, selected, count).columns());
    columns.add(new ColumnValues.Longs(categories));
    columns.add(new ColumnValues.Longs(prices));
    columns.add(names.texts());
    return new Rows(count, columns);
  }
}
