package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A log seen through a fitted model: the columns of any of its clients. Shared by threads; each
 * takes a {@link Rows} of its own.
 */
final class LogFeatures {

  private final EventLog log;
  private final CountScale counts;
  private final int[] columns;
  private final Map<EventKind, ActivityFeatures> activity = new EnumMap<>(EventKind.class);
  private final Map<EventKind, PopularityFeatures> popularity = new EnumMap<>(EventKind.class);

  /**
   * Matches the fitted ids to the log's codes.
   *
   * @param columns the positions in {@link StatsColumn#ALL} that are asked for
   */
  LogFeatures(EventLog log, List<FittedTable> tables, int[] columns, CountScale counts) {
    this.log = log;
    this.counts = counts;
    this.columns = columns;
    for (FittedTable fitted : tables) {
      activity.put(fitted.kind(), new ActivityFeatures(log.events(fitted.kind()), fitted));
      popularity.put(fitted.kind(), new PopularityFeatures(log, fitted));
    }
  }

  /** A calculator for one thread. */
  Rows rows() {
    return new Rows();
  }

  private boolean has(EventKind kind) {
    return activity.containsKey(kind);
  }

  /** Computes client after client; holds buffers. */
  final class Rows {

    private final double[] all = new double[StatsColumn.ALL.size()];
    private final CartConversion conversion = new CartConversion(log);
    private final Spending spending = new Spending(log);
    private final VisitPeriods periods = new VisitPeriods(log.events(EventKind.PAGE_VISIT));

    /**
     * Writes a client's columns from {@code target[at]} on.
     *
     * @param client the dense index, or -1 for a client who is not in the log: zeros
     */
    void compute(int client, double[] target, int at) {
      Arrays.fill(all, 0);
      if (client >= 0) {
        computeAll(client);
      }
      for (int i = 0; i < columns.length; i++) {
        double value = all[columns[i]];
        target[at + i] = StatsColumn.ALL.get(columns[i]).isCount() ? counts.apply(value) : value;
      }
    }

    private void computeAll(int client) {
      for (int i = 0; i < StatsColumn.KINDS.size(); i++) {
        if (has(StatsColumn.KINDS.get(i))) {
          activity.get(StatsColumn.KINDS.get(i)).compute(client, all, StatsColumn.ACTIVITY * i);
        }
      }
      for (int i = 0; i < StatsColumn.PRODUCT_KINDS.size(); i++) {
        if (has(StatsColumn.PRODUCT_KINDS.get(i))) {
          PopularityFeatures products = popularity.get(StatsColumn.PRODUCT_KINDS.get(i));
          all[StatsColumn.POPULARITY + 2 * i] = products.meanOfCategories(client);
          all[StatsColumn.POPULARITY + 2 * i + 1] = products.meanOfItems(client);
        }
      }
      if (has(EventKind.PAGE_VISIT)) {
        all[StatsColumn.URL_POPULARITY] = popularity.get(EventKind.PAGE_VISIT).meanOfItems(client);
        periods.compute(client, all, StatsColumn.PERIODS);
      }
      if (has(EventKind.PRODUCT_BUY)) {
        spending.compute(client, all, StatsColumn.SPENDING);
      }
      if (has(EventKind.PRODUCT_BUY) && has(EventKind.ADD_TO_CART)) {
        conversion.compute(client, all, StatsColumn.CONVERSION);
      }
    }
  }
}
