package dev.tessera.host.data;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind.ItemKind;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * All ids of a source in ascending order: the position is the dense code.
 *
 * @param clients of all events and of the list of relevant clients
 * @param relevant the listed clients, or all if there is no list
 * @param skus of all events and of the product file
 * @param knownSkus the positions of those that the product file has
 * @param urls of all visits
 * @param queryOrder the dictionary codes of the queries, ascending by text
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Vocabulary(
    long[] clients,
    ClientSelection relevant,
    long[] skus,
    BitSet knownSkus,
    long[] urls,
    int[] queryOrder) {

  /** Joins the dictionaries of all tables. */
  static Vocabulary of(
      List<EventColumns> tables, ProductColumns products, Optional<ClientSelection> listed) {
    long[] withEvents =
        SortedIds.union(tables.stream().map(t -> t.clients().sorted()).toArray(long[][]::new));
    ClientSelection relevant = listed.orElseGet(() -> ClientSelection.of(withEvents));
    long[] skus = SortedIds.union(itemIds(tables, ItemKind.SKU), products.skus().sorted());
    BitSet known = new BitSet();
    for (int i = 0; i < skus.length; i++) {
      known.set(i, products.skus().find(skus[i]) >= 0);
    }
    return new Vocabulary(
        SortedIds.union(withEvents, relevant.toArray()),
        relevant,
        skus,
        known,
        itemIds(tables, ItemKind.URL),
        queries(tables).sortedCodes());
  }

  /** The dictionary of the search queries. */
  static TextDictionary queries(List<EventColumns> tables) {
    return tables.stream()
        .filter(table -> table.kind().itemKind() == ItemKind.QUERY)
        .findFirst()
        .orElseThrow()
        .itemTexts();
  }

  /** The dense code by a table's own item code. */
  int[] itemOfCode(EventColumns table) {
    return switch (table.kind().itemKind()) {
      case SKU -> table.itemIds().positionsIn(skus);
      case URL -> table.itemIds().positionsIn(urls);
      case QUERY -> inverse(queryOrder);
    };
  }

  /** Whether a dense item of a table is known; urls and queries have nothing to be known by. */
  boolean isKnown(ItemKind kind, int item) {
    return kind != ItemKind.SKU || knownSkus.get(item);
  }

  private static long[] itemIds(List<EventColumns> tables, ItemKind kind) {
    return SortedIds.union(
        tables.stream()
            .filter(table -> table.kind().itemKind() == kind)
            .map(table -> table.itemIds().sorted())
            .toArray(long[][]::new));
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }
}
