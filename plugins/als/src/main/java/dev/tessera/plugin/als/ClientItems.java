package dev.tessera.plugin.als;

import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sums the weights of one client's events per item: a dense array of sums and a list of the columns
 * touched, so no hashing and no sorting of events. One per thread.
 */
final class ClientItems {

  private record Source(EventTable table, float weight) {}

  private final List<Source> sources = new ArrayList<>();
  private final int[] columnOfCode;
  private final float[] sums;
  private final boolean[] touched;
  private int[] columns = new int[16];
  private float[] weights = new float[16];
  private long skippedEvents;
  private long droppedPairs;

  /**
   * Allocates 5 bytes a column, and up to 8 more for what one client touched.
   *
   * @param columnOfCode see {@link ItemVocabulary}; shared, not changed
   * @param columnCount the number of columns
   */
  ClientItems(AlsConfig config, EventLog log, int[] columnOfCode, int columnCount) {
    config
        .events()
        .forEach((kind, weight) -> sources.add(new Source(log.events(kind), weight.floatValue())));
    this.columnOfCode = columnOfCode;
    this.sums = new float[columnCount];
    this.touched = new boolean[columnCount];
  }

  /**
   * Reads a client's events.
   *
   * @param client dense index in the log, or -1 for one who is not in it
   * @return the number of items with a sum above zero: so many of {@link #columns} and {@link
   *     #weights} are valid, until the next call
   */
  int read(int client) {
    int count = 0;
    if (client >= 0) {
      for (Source source : sources) {
        count = add(source, client, count);
      }
    }
    Arrays.sort(columns, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int column = columns[i];
      if (sums[column] > 0) {
        columns[kept] = column;
        weights[kept++] = sums[column];
      }
      sums[column] = 0;
      touched[column] = false;
    }
    droppedPairs += count - kept;
    return kept;
  }

  private int add(Source source, int client, int counted) {
    EventTable table = source.table();
    int count = counted;
    int end = table.end(client);
    for (int row = table.start(client); row < end; row++) {
      int column = columnOfCode[table.item(row)];
      if (column < 0) {
        skippedEvents++;
        continue;
      }
      if (!touched[column]) {
        touched[column] = true;
        if (count == columns.length) {
          int larger = Math.max(count + 1, Math.min(2 * count, sums.length));
          columns = Arrays.copyOf(columns, larger);
          weights = new float[larger];
        }
        columns[count++] = column;
      }
      sums[column] += source.weight();
    }
    return count;
  }

  /** The items of the last client, ascending. */
  int[] columns() {
    return columns;
  }

  /** Their summed weights. */
  float[] weights() {
    return weights;
  }

  /** Events read so far whose item has no column. */
  long skippedEvents() {
    return skippedEvents;
  }

  /** Client-item pairs read so far that were left out since their sum is not above zero. */
  long droppedPairs() {
    return droppedPairs;
  }
}
