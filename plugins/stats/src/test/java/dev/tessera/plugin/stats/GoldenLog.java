package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.GoldenData;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.apache.arrow.dataset.file.FileFormat;
import org.apache.arrow.dataset.file.FileSystemDatasetFactory;
import org.apache.arrow.dataset.jni.NativeMemoryPool;
import org.apache.arrow.dataset.scanner.ScanOptions;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/** The reference log, whole or cut before a time; searches are left out. */
final class GoldenLog {

  private final EventLogBuilder builder = new EventLogBuilder();
  private final BufferAllocator allocator;
  private final long cutMicros;

  private GoldenLog(BufferAllocator allocator, long cutMicros) {
    this.allocator = allocator;
    this.cutMicros = cutMicros;
  }

  static long[] relevantClients() {
    return Npy.readLongs(GoldenData.golden("raw").resolve("input/relevant_clients.npy"));
  }

  static BuiltLog whole(BufferAllocator allocator) {
    return new GoldenLog(allocator, Long.MAX_VALUE).build();
  }

  /** Only events before a time (UTC). */
  static BuiltLog before(BufferAllocator allocator, LocalDateTime cut) {
    Instant instant = cut.toInstant(ZoneOffset.UTC);
    return new GoldenLog(allocator, ChronoUnit.MICROS.between(Instant.EPOCH, instant)).build();
  }

  private BuiltLog build() {
    builder.relevant(relevantClients());
    read(
        "product_properties",
        root -> {
          BigIntVector sku = (BigIntVector) root.getVector("sku");
          BigIntVector category = (BigIntVector) root.getVector("category");
          BigIntVector price = (BigIntVector) root.getVector("price");
          for (int row = 0; row < root.getRowCount(); row++) {
            builder.product(sku.get(row), category.getObject(row), price.getObject(row));
          }
        });
    for (EventKind kind : StatsColumn.KINDS) {
      read(kind.tableName(), root -> addEvents(kind, root));
    }
    return builder.build(allocator);
  }

  private void addEvents(EventKind kind, VectorSchemaRoot root) {
    BigIntVector client = (BigIntVector) root.getVector("client_id");
    TimeStampVector time = (TimeStampVector) root.getVector("timestamp");
    BigIntVector item = (BigIntVector) root.getVector(kind == EventKind.PAGE_VISIT ? "url" : "sku");
    for (int row = 0; row < root.getRowCount(); row++) {
      if (time.get(row) < cutMicros) {
        builder.event(kind, client.get(row), time.get(row), item.get(row));
      }
    }
  }

  private interface Rows {
    void accept(VectorSchemaRoot root);
  }

  private void read(String table, Rows rows) {
    Path file = GoldenData.golden("raw").resolve(table + ".parquet");
    try (var factory =
            new FileSystemDatasetFactory(
                allocator,
                NativeMemoryPool.getDefault(),
                FileFormat.PARQUET,
                file.toUri().toString());
        var dataset = factory.finish();
        var scanner = dataset.newScan(new ScanOptions(32_768));
        ArrowReader reader = scanner.scanBatches()) {
      while (reader.loadNextBatch()) {
        rows.accept(reader.getVectorSchemaRoot());
      }
    } catch (Exception e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }
}
