package dev.tessera.plugin.stats;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.WeekFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The columns once more, written from the formulas with records, sets and java.time, as slowly as
 * they read. Fits and describes one and the same log.
 */
final class StatsOracle {

  private record Row(long client, LocalDateTime time, long item, Long category, Long price) {}

  private final Map<EventKind, List<Row>> relevantRows = new LinkedHashMap<>();

  StatsOracle(EventLog log) {
    for (EventKind kind : StatsColumn.KINDS) {
      relevantRows.put(
          kind,
          rows(log, kind).stream()
              .filter(row -> isSelected(log.relevantClients(), row.client()))
              .toList());
    }
  }

  /** The columns of a relevant client by name. */
  Map<String, Double> columns(long client) {
    Map<String, Double> columns = new LinkedHashMap<>();
    for (EventKind kind : StatsColumn.KINDS) {
      activity(kind, client, columns);
    }
    List<Row> buys = of(client, EventKind.PRODUCT_BUY);
    List<Row> adds = of(client, EventKind.ADD_TO_CART);
    List<Row> visits = of(client, EventKind.PAGE_VISIT);
    for (EventKind kind : StatsColumn.PRODUCT_KINDS) {
      String prefix = StatsColumn.prefix(kind);
      columns.put("category_popularity_" + prefix, popularity(kind, client, Row::category));
      columns.put("average_pop_" + prefix, popularity(kind, client, Row::item));
    }
    columns.put("average_pop_visit", popularity(EventKind.PAGE_VISIT, client, Row::item));
    columns.put("unique_weeks", (double) visits.stream().map(StatsOracle::week).distinct().count());
    columns.put(
        "unique_months",
        (double)
            visits.stream().map(row -> row.time().toString().substring(0, 7)).distinct().count());
    List<Long> prices = buys.stream().map(Row::price).filter(Objects::nonNull).toList();
    columns.put("total_spent", (double) prices.stream().mapToLong(p -> p).sum());
    columns.put("average_spent", prices.stream().mapToLong(p -> p).average().orElse(0));
    columns.put("bought", share(adds, buys, Row::item));
    columns.put("bought_cat", share(adds, buys, Row::category));
    return columns;
  }

  private void activity(EventKind kind, long client, Map<String, Double> columns) {
    String prefix = StatsColumn.prefix(kind);
    List<Row> rows = of(client, kind);
    double interval = 0;
    double fromFirst = 0;
    double fromLast = 0;
    double week = 0;
    double month = 0;
    if (!rows.isEmpty()) {
      LocalDateTime first = rows.get(0).time();
      LocalDateTime last = rows.get(rows.size() - 1).time();
      LocalDateTime start =
          relevantRows.get(kind).stream()
              .map(Row::time)
              .min(Comparator.naturalOrder())
              .orElseThrow();
      LocalDate anchor =
          relevantRows.get(kind).stream()
              .map(row -> row.time().toLocalDate())
              .max(Comparator.naturalOrder())
              .orElseThrow();
      if (rows.size() > 1) {
        interval = Duration.between(first, last).toSeconds() / 86_400.0 / (rows.size() - 1);
      }
      fromFirst = Duration.between(start, first).toDays();
      fromLast = Duration.between(start, last).toDays();
      week =
          between(rows, anchor.minusDays(6), anchor)
              - between(rows, anchor.minusDays(13), anchor.minusDays(7));
      LocalDate lastMonth =
          anchor.getDayOfMonth() == 1 ? anchor.minusMonths(1) : anchor.withDayOfMonth(1);
      month =
          between(rows, lastMonth, lastMonth.plusMonths(1).minusDays(1))
              - between(rows, lastMonth.minusMonths(1), lastMonth.minusDays(1));
    }
    columns.put(prefix + "_total_interactions", (double) rows.size());
    columns.put("mean_" + prefix + "_interval_days", interval);
    columns.put("diff_" + prefix + "_week", week);
    columns.put("diff_" + prefix + "_month", month);
    columns.put(prefix + "_days_from_first_to_start", fromFirst);
    columns.put(prefix + "_days_from_last_to_start", fromLast);
  }

  private double popularity(EventKind kind, long client, Function<Row, Long> key) {
    return of(client, kind).stream()
        .map(key)
        .filter(Objects::nonNull)
        .mapToLong(
            value ->
                relevantRows.get(kind).stream().filter(row -> value.equals(key.apply(row))).count())
        .average()
        .orElse(0);
  }

  private static double share(List<Row> adds, List<Row> buys, Function<Row, Long> key) {
    Set<Long> added = adds.stream().map(key).collect(Collectors.toCollection(HashSet::new));
    Set<Long> bought = buys.stream().map(key).collect(Collectors.toCollection(HashSet::new));
    return added.isEmpty()
        ? 0
        : (double) added.stream().filter(bought::contains).count() / added.size();
  }

  private static long between(List<Row> rows, LocalDate from, LocalDate to) {
    return rows.stream()
        .map(row -> row.time().toLocalDate())
        .filter(date -> !date.isBefore(from) && !date.isAfter(to))
        .count();
  }

  private static String week(Row row) {
    return row.time().getYear()
        + "-"
        + row.time().get(WeekFields.of(DayOfWeek.SUNDAY, 7).weekOfYear());
  }

  private List<Row> of(long client, EventKind kind) {
    return relevantRows.get(kind).stream().filter(row -> row.client() == client).toList();
  }

  private static boolean isSelected(ClientSelection clients, long id) {
    return clients.indexOf(id) >= 0;
  }

  private static List<Row> rows(EventLog log, EventKind kind) {
    EventTable table = log.events(kind);
    List<Row> rows = new ArrayList<>();
    for (int client = 0; client < log.clients(); client++) {
      for (int row = table.start(client); row < table.end(client); row++) {
        int item = table.item(row);
        boolean isUrl = kind == EventKind.PAGE_VISIT;
        int category = isUrl ? -1 : log.products().category(item);
        int price = isUrl ? -1 : log.products().price(item);
        rows.add(
            new Row(
                log.clientIds().get(client),
                LocalDateTime.ofEpochSecond(table.time(row) / 1_000_000, 0, ZoneOffset.UTC),
                isUrl ? log.urlIds().get(item) : log.products().skus().get(item),
                category < 0 ? null : Long.valueOf(log.products().categoryIds().get(category)),
                price < 0 ? null : Long.valueOf(log.products().priceIds().get(price))));
      }
    }
    return rows;
  }
}
