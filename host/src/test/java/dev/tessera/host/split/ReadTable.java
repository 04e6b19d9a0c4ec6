package dev.tessera.host.split;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.dataset.file.FileFormat;
import org.apache.arrow.dataset.file.FileSystemDatasetFactory;
import org.apache.arrow.dataset.jni.NativeMemoryPool;
import org.apache.arrow.dataset.scanner.ScanOptions;
import org.apache.arrow.dataset.scanner.Scanner;
import org.apache.arrow.dataset.source.Dataset;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A Parquet file read by Arrow Dataset, column by column.
 *
 * @param types Arrow's names by column, in file order
 * @param values rows of each column: Long for integers, LocalDateTime for timestamps, else Text
 */
@SuppressWarnings(
    "try") // resources that are closed, not used; Arrow declares close() throws Exception
public record ReadTable(Map<String, String> types, Map<String, List<Object>> values) {

  public static ReadTable read(Path file) {
    Map<String, String> types = new LinkedHashMap<>();
    Map<String, List<Object>> values = new LinkedHashMap<>();
    try (BufferAllocator allocator = new RootAllocator();
        FileSystemDatasetFactory factory =
            new FileSystemDatasetFactory(
                allocator,
                NativeMemoryPool.getDefault(),
                FileFormat.PARQUET,
                file.toUri().toString());
        Dataset dataset = factory.finish();
        Scanner scanner = dataset.newScan(new ScanOptions(1 << 16));
        ArrowReader reader = scanner.scanBatches()) {
      for (Field field : reader.getVectorSchemaRoot().getSchema().getFields()) {
        types.put(field.getName(), field.getType().toString());
        values.put(field.getName(), new ArrayList<>());
      }
      while (reader.loadNextBatch()) {
        for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
          List<Object> column = values.get(vector.getName());
          for (int row = 0; row < vector.getValueCount(); row++) {
            column.add(vector.getObject(row));
          }
        }
      }
    } catch (Exception e) {
      throw new AssertionError(file + " does not read", e);
    }
    return new ReadTable(types, values);
  }

  public int rows() {
    return values.values().iterator().next().size();
  }

  public long[] longs(String column) {
    return values.get(column).stream().mapToLong(value -> (Long) value).toArray();
  }

  public List<String> texts(String column) {
    return values.get(column).stream().map(Object::toString).toList();
  }

  /** Microseconds since 1970 UTC. */
  public long[] micros(String column) {
    return values.get(column).stream()
        .map(LocalDateTime.class::cast)
        .mapToLong(time -> time.toEpochSecond(ZoneOffset.UTC) * 1_000_000L + time.getNano() / 1_000)
        .toArray();
  }
}
