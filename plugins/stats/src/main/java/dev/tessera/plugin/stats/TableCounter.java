package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.PluginContext;
import dev.tessera.api.ProductTable;
import java.util.Arrays;
import org.apache.arrow.vector.BigIntVector;

/**
 * Counts one table of a log over its relevant clients, in parallel. The clients are cut into ranges
 * of about equal rows, each counted apart and summed: whole numbers, so any cut gives the same.
 */
final class TableCounter {

  /** Bounds the memory of the ranges' counts, one int per code and range. */
  static final int MAX_RANGES = 8;

  private static final int CLIENTS_BETWEEN_CHECKS = 1024;

  private final PluginContext context;
  private final EventLog log;
  private final int[] clients;

  /**
   * Counts for some clients.
   *
   * @param clients dense indices, ascending
   */
  TableCounter(PluginContext context, EventLog log, int[] clients) {
    this.context = context;
    this.log = log;
    this.clients = clients;
  }

  /** The codes of a kind's items by original id. */
  static BigIntVector itemIds(EventLog log, EventKind kind) {
    return kind == EventKind.PAGE_VISIT ? log.urlIds() : log.products().skus();
  }

  /** What to keep of the table. */
  FittedTable count(EventKind kind) {
    EventTable table = log.events(kind);
    BigIntVector ids = itemIds(log, kind);
    int[] bounds = rangeBounds(table, ids.getValueCount());
    Range[] ranges = new Range[bounds.length - 1];
    context.parallel(
        ranges.length,
        range -> ranges[range] = countRange(table, ids, bounds[range], bounds[range + 1]));
    Range total = ranges[0];
    for (int range = 1; range < ranges.length; range++) {
      total.add(ranges[range]);
    }
    return new FittedTable(
        kind,
        total.rows,
        total.rows == 0 ? 0 : total.firstMicros,
        total.rows == 0 ? 0 : total.lastMicros,
        Popularity.of(ids, total.items),
        kind == EventKind.PAGE_VISIT
            ? new Popularity(new long[0], new int[0])
            : categories(total.items));
  }

  private int[] rangeBounds(EventTable table, int codes) {
    // more ranges than rows per code would cost more to sum than to count
    int worthwhile = Math.max(1, table.rows() / Math.max(1, codes));
    int ranges = Math.min(Math.min(context.parallelism(), MAX_RANGES), worthwhile);
    int[] bounds = new int[ranges + 1];
    bounds[ranges] = clients.length;
    for (int range = 1; range < ranges; range++) {
      long firstRow = (long) table.rows() * range / ranges;
      int bound = bounds[range - 1];
      while (bound < clients.length && table.start(clients[bound]) < firstRow) {
        bound++;
      }
      bounds[range] = bound;
    }
    return bounds;
  }

  private Range countRange(EventTable table, BigIntVector ids, int from, int to) {
    Range range = new Range(ids.getValueCount());
    for (int i = from; i < to; i++) {
      if (i % CLIENTS_BETWEEN_CHECKS == 0) {
        context.checkCancelled();
      }
      range.addClient(table, clients[i]);
    }
    return range;
  }

  private Popularity categories(int[] rowsBySku) {
    ProductTable products = log.products();
    int[] rows = new int[products.categoryIds().getValueCount()];
    for (int sku = 0; sku < rowsBySku.length; sku++) {
      int category = products.category(sku);
      if (category >= 0) {
        rows[category] += rowsBySku[sku];
      }
    }
    return Popularity.of(products.categoryIds(), rows);
  }

  /** The counts of a range of clients. */
  private static final class Range {
    final int[] items;
    long rows;
    long firstMicros = Long.MAX_VALUE;
    long lastMicros = Long.MIN_VALUE;

    Range(int codes) {
      items = new int[codes];
    }

    void addClient(EventTable table, int client) {
      int start = table.start(client);
      int end = table.end(client);
      if (start == end) {
        return;
      }
      rows += end - start;
      firstMicros = Math.min(firstMicros, table.time(start));
      lastMicros = Math.max(lastMicros, table.time(end - 1));
      for (int row = start; row < end; row++) {
        items[table.item(row)]++;
      }
    }

    void add(Range other) {
      rows += other.rows;
      firstMicros = Math.min(firstMicros, other.firstMicros);
      lastMicros = Math.max(lastMicros, other.lastMicros);
      Arrays.setAll(items, code -> items[code] + other.items[code]);
    }
  }
}
