package dev.tessera.host.data;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import dev.tessera.host.arrow.MappedArrowFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The files of a store, mapped, as an event log. No data is read but the list of relevant clients.
 */
final class MappedLog implements AutoCloseable {

  private final Path folder;
  private final BufferAllocator allocator;
  private final List<MappedArrowFile> files = new ArrayList<>();

  private MappedLog(Path folder, BufferAllocator allocator) {
    this.folder = folder;
    this.allocator = allocator;
  }

  /** An opened log and what keeps it open. */
  record Opened(EventLog log, MappedLog files) {}

  /**
   * Maps all files of a store.
   *
   * @param allocator counts the mapped bytes; outlives the result
   */
  static Opened open(Path folder, BufferAllocator allocator) throws IOException {
    MappedLog files = new MappedLog(folder, allocator);
    try {
      return new Opened(files.log(), files);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  @Override
  public void close() {
    files.forEach(MappedArrowFile::close);
  }

  private EventLog log() throws IOException {
    VectorSchemaRoot clients = map(StoreFiles.CLIENTS);
    VectorSchemaRoot offsets = map(StoreFiles.OFFSETS);
    Map<EventKind, EventTable> tables = new EnumMap<>(EventKind.class);
    for (EventKind kind : EventKind.values()) {
      VectorSchemaRoot table = map(StoreFiles.table(kind));
      tables.put(
          kind,
          new EventTable(
              kind,
              column(offsets, kind.tableName(), IntVector.class),
              column(table, "time", BigIntVector.class),
              column(table, "item", IntVector.class)));
    }
    BigIntVector ids = column(clients, "client_id", BigIntVector.class);
    return new EventLog(
        ids,
        relevant(ids, column(clients, "relevant", TinyIntVector.class)),
        tables,
        products(),
        column(map(StoreFiles.URLS), "url", BigIntVector.class),
        column(map(StoreFiles.QUERIES), "query", FixedSizeBinaryVector.class));
  }

  private ProductTable products() throws IOException {
    VectorSchemaRoot products = map(StoreFiles.PRODUCTS);
    return new ProductTable(
        column(products, "sku", BigIntVector.class),
        column(products, "known", TinyIntVector.class),
        column(products, "category", IntVector.class),
        column(products, "price", IntVector.class),
        column(products, "name", FixedSizeBinaryVector.class),
        column(map(StoreFiles.CATEGORIES), "category", BigIntVector.class),
        column(map(StoreFiles.PRICES), "price", BigIntVector.class));
  }

  private static ClientSelection relevant(BigIntVector ids, TinyIntVector flags) {
    long[] relevant = new long[ids.getValueCount()];
    int size = 0;
    for (int i = 0; i < relevant.length; i++) {
      if (flags.get(i) != 0) {
        relevant[size++] = ids.get(i);
      }
    }
    return ClientSelection.of(Arrays.copyOf(relevant, size));
  }

  private VectorSchemaRoot map(String name) throws IOException {
    MappedArrowFile file = MappedArrowFile.open(folder.resolve(name), allocator);
    files.add(file);
    if (file.batches().size() != 1) {
      throw new IOException(
          "%s: wanted one record batch, found %d".formatted(file.path(), file.batches().size()));
    }
    return file.batches().get(0);
  }

  private static <V extends FieldVector> V column(
      VectorSchemaRoot root, String name, Class<V> type) {
    return type.cast(root.getVector(name));
  }
}
