package dev.tessera.host.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.dataset.file.DatasetFileWriter;
import org.apache.arrow.dataset.file.FileFormat;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes small Parquet files with Arrow's own writer: columns of many types, nulls allowed. */
final class ParquetFixture {

  static final ArrowType INT64 = new ArrowType.Int(64, true);
  static final ArrowType INT32 = new ArrowType.Int(32, true);
  static final ArrowType FLOAT64 = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
  static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
  static final ArrowType DATE = new ArrowType.Date(DateUnit.DAY);
  static final ArrowType MICROS = new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);

  /**
   * Never closed: Arrow's native writer gives its batches back only some time after it returned.
   */
  private static final BufferAllocator WRITER = new RootAllocator();

  private ParquetFixture() {}

  /** A nullable column; numbers as Long, texts as String. */
  record Column(String name, ArrowType type, List<Object> values) {}

  static Column column(String name, ArrowType type, Object... values) {
    return new Column(name, type, Arrays.asList(values));
  }

  static void write(Path file, Column... columns) {
    try {
      Files.createDirectories(file.getParent());
      byte[] stream = stream(List.of(columns));
      Path folder = Files.createTempDirectory("tessera-fixture");
      try (ArrowStreamReader reader =
          new ArrowStreamReader(new ByteArrayInputStream(stream), WRITER)) {
        DatasetFileWriter.write(
            WRITER,
            reader,
            FileFormat.PARQUET,
            folder.toUri().toString(),
            new String[0],
            1,
            "part-{i}.parquet");
      }
      Files.move(folder.resolve("part-0.parquet"), file, StandardCopyOption.REPLACE_EXISTING);
      delete(folder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static byte[] stream(List<Column> columns) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = root(allocator, columns);
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
      writer.writeBatch();
    }
    return bytes.toByteArray();
  }

  /** The columns in one batch, which the caller closes. */
  static VectorSchemaRoot root(BufferAllocator allocator, List<Column> columns) {
    Schema schema =
        new Schema(columns.stream().map(c -> Field.nullable(c.name(), c.type())).toList());
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    root.allocateNew();
    int rows = columns.isEmpty() ? 0 : columns.get(0).values().size();
    for (Column column : columns) {
      for (int row = 0; row < rows; row++) {
        set(root.getVector(column.name()), row, column.values().get(row));
      }
    }
    root.setRowCount(rows);
    return root;
  }

  private static void set(FieldVector vector, int row, Object value) {
    if (value == null) {
      vector.setNull(row);
    } else if (vector instanceof BigIntVector longs) {
      longs.setSafe(row, (Long) value);
    } else if (vector instanceof IntVector ints) {
      ints.setSafe(row, ((Long) value).intValue());
    } else if (vector instanceof DateDayVector days) {
      days.setSafe(row, ((Long) value).intValue());
    } else if (vector instanceof TimeStampVector times) {
      times.setSafe(row, (Long) value);
    } else if (vector instanceof Float8Vector doubles) {
      doubles.setSafe(row, (Double) value);
    } else {
      ((VarCharVector) vector).setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
    }
  }
}
