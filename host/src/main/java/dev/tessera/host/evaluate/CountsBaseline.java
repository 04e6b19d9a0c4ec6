package dev.tessera.host.evaluate;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The organisers' kind of baseline, aggregated counts: how many events of each kind a client had in
 * the last 1, 7 and 30 days of the log, and how many of them were of each of the 10 most frequent
 * products, categories and prices (pages, for visits). What a profile must beat to be worth its
 * models.
 */
final class CountsBaseline {

  static final String NAME = "aggregated counts (baseline)";

  private static final int[] WINDOW_DAYS = {1, 7, 30};
  private static final int TOP = 10;
  private static final long DAY_MICROS = 86_400_000_000L;

  private final EventLog log;
  private final List<Group> groups = new ArrayList<>();
  private final long end;

  /**
   * One set of columns.
   *
   * @param table the events
   * @param code of an item's group, negative for none
   * @param place of a group's code among the most frequent, -1 if not among them
   */
  private record Group(EventTable table, IntUnaryOperator code, int[] place) {}

  private CountsBaseline(EventLog log) {
    this.log = log;
    long last = Long.MIN_VALUE;
    for (EventKind kind : EventKind.values()) {
      EventTable table = log.events(kind);
      for (int row = 0; row < table.rows(); row++) {
        last = Math.max(last, table.time(row));
      }
      if (table.rows() > 0) {
        addGroups(kind, table);
      }
    }
    this.end = last;
  }

  /** The baseline's embedding, for the clients of another and in their order. */
  static EmbeddingMatrix of(EventLog log, EmbeddingMatrix like) {
    return new CountsBaseline(log).embedding(like);
  }

  private void addGroups(EventKind kind, EventTable table) {
    groups.add(new Group(table, item -> 0, new int[] {0}));
    switch (kind.itemKind()) {
      case SKU -> {
        groups.add(group(table, item -> item, log.products().size()));
        groups.add(
            group(
                table,
                item -> log.products().category(item),
                log.products().categoryIds().getValueCount()));
        groups.add(
            group(
                table,
                item -> log.products().price(item),
                log.products().priceIds().getValueCount()));
      }
      case URL -> groups.add(group(table, item -> item, log.urlIds().getValueCount()));
      case QUERY -> {}
    }
  }

  private static Group group(EventTable table, IntUnaryOperator code, int codes) {
    long[] counts = new long[codes];
    for (int row = 0; row < table.rows(); row++) {
      int group = code.applyAsInt(table.item(row));
      if (group >= 0) {
        counts[group]++;
      }
    }
    int[] place = new int[codes];
    Arrays.fill(place, -1);
    List<Integer> top =
        IntStream.range(0, codes)
            .filter(group -> counts[group] > 0)
            .boxed()
            .sorted(Comparator.comparingLong((Integer group) -> -counts[group]))
            .limit(TOP)
            .toList();
    for (int i = 0; i < top.size(); i++) {
      place[top.get(i)] = i;
    }
    return new Group(table, code, place);
  }

  private EmbeddingMatrix embedding(EmbeddingMatrix like) {
    int[] firstColumns = new int[groups.size()];
    int columns = 0;
    for (int g = 0; g < firstColumns.length; g++) {
      firstColumns[g] = columns;
      columns += WINDOW_DAYS.length * (Arrays.stream(groups.get(g).place()).max().orElse(-1) + 1);
    }
    int width = columns;
    float[] values = new float[Math.multiplyExact(like.rows(), width)];
    ClientSelection selection = ClientSelection.of(like.clients());
    int[] indices = log.indexOf(selection);
    IntStream.range(0, like.rows())
        .parallel()
        .forEach(
            row -> {
              int client = indices[selection.indexOf(like.clients()[row])];
              for (int g = 0; client >= 0 && g < groups.size(); g++) {
                count(groups.get(g), client, values, row * width + firstColumns[g]);
              }
            });
    return EmbeddingMatrix.of(NAME, like.clients(), width, values);
  }

  private void count(Group group, int client, float[] values, int at) {
    EventTable table = group.table();
    for (int row = table.end(client) - 1; row >= table.start(client); row--) {
      long age = end - table.time(row);
      if (age >= WINDOW_DAYS[WINDOW_DAYS.length - 1] * DAY_MICROS) {
        return; // in order of time: all before are older
      }
      int code = group.code().applyAsInt(table.item(row));
      int place = code < 0 ? -1 : group.place()[code];
      for (int w = 0; place >= 0 && w < WINDOW_DAYS.length; w++) {
        if (age < WINDOW_DAYS[w] * DAY_MICROS) {
          values[at + place * WINDOW_DAYS.length + w]++;
        }
      }
    }
  }
}
