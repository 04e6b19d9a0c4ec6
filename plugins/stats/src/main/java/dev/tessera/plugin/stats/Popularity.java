package dev.tessera.plugin.stats;

import dev.tessera.api.IdMapping;
import org.apache.arrow.vector.BigIntVector;

/**
 * How many rows of a fitted table each sku, category or url has, by original id. Ids without rows
 * are left out.
 *
 * @param ids [n] strictly ascending
 * @param rows [n] each at least 1
 */
record Popularity(long[] ids, int[] rows) {

  /**
   * Keeps what was counted.
   *
   * @param ids original ids by code
   * @param rowsByCode [codes] row counts
   */
  static Popularity of(BigIntVector ids, int[] rowsByCode) {
    int used = 0;
    for (int rows : rowsByCode) {
      used += rows > 0 ? 1 : 0;
    }
    long[] keptIds = new long[used];
    int[] keptRows = new int[used];
    int next = 0;
    for (int code = 0; code < rowsByCode.length; code++) {
      if (rowsByCode[code] > 0) {
        keptIds[next] = ids.get(code);
        keptRows[next++] = rowsByCode[code];
      }
    }
    return new Popularity(keptIds, keptRows);
  }

  /** The row count of each code of a log; 0 for an id that the fitted table did not have. */
  int[] byCode(BigIntVector logIds) {
    int[] byCode = IdMapping.positions(logIds, ids);
    for (int code = 0; code < byCode.length; code++) {
      byCode[code] = byCode[code] < 0 ? 0 : rows[byCode[code]];
    }
    return byCode;
  }

  /** The most rows that one id has. */
  int largest() {
    int largest = 0;
    for (int count : rows) {
      largest = Math.max(largest, count);
    }
    return largest;
  }
}
