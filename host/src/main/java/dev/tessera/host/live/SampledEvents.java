package dev.tessera.host.live;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.host.data.EventBatchSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Batches of events as a live client sends them, for measurements: each event is one of a log's,
 * drawn at random from all tables, with its time and its item.
 */
public final class SampledEvents implements AutoCloseable {

  private static final long SEED = 1;

  private final EventLog log;
  private final int clients;
  private final int eventsOfClient;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final long rowsInAll;
  private final VectorSchemaRoot root;

  /**
   * Allocates one batch, which is filled again and again.
   *
   * @param log with at least one event; lent for the life of this object
   */
  public SampledEvents(EventLog log, int clients, int eventsOfClient, BufferAllocator allocator) {
    this.log = log;
    this.clients = clients;
    this.eventsOfClient = eventsOfClient;
    this.rowsInAll =
        Arrays.stream(EventKind.values()).mapToLong(kind -> log.events(kind).rows()).sum();
    this.root = VectorSchemaRoot.create(EventBatchSchema.schema(), allocator);
  }

  /** The next batch; lent until the next call. */
  public VectorSchemaRoot next() {
    root.allocateNew();
    int rows = clients * eventsOfClient;
    for (int row = 0; row < rows; row++) {
      ids("client_id").setSafe(row, row / eventsOfClient);
      long drawn = random.nextLong(rowsInAll);
      for (EventKind kind : EventKind.values()) {
        EventTable table = log.events(kind);
        if (drawn >= 0 && drawn < table.rows()) {
          set(row, table, (int) drawn);
        }
        drawn -= table.rows();
      }
    }
    root.setRowCount(rows);
    return root;
  }

  private void set(int row, EventTable table, int event) {
    ((TimeStampMicroVector) root.getVector("timestamp")).setSafe(row, table.time(event));
    texts(EventBatchSchema.KIND)
        .setSafe(row, table.kind().tableName().getBytes(StandardCharsets.UTF_8));
    int item = table.item(event);
    switch (table.kind().itemKind()) {
      case SKU -> ids("sku").setSafe(row, log.products().skus().get(item));
      case URL -> ids("url").setSafe(row, log.urlIds().get(item));
      case QUERY -> texts("query").setSafe(row, text(log.queries().get(item)));
    }
  }

  private static byte[] text(byte[] codes) {
    return IntStream.range(0, codes.length)
        .mapToObj(i -> String.valueOf(codes[i] & 0xff))
        .collect(Collectors.joining(" ", "[", "]"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private VarCharVector texts(String name) {
    return (VarCharVector) root.getVector(name);
  }

  private BigIntVector ids(String name) {
    return (BigIntVector) root.getVector(name);
  }

  @Override
  public void close() {
    root.close();
  }
}
