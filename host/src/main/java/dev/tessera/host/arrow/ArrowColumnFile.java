package dev.tessera.host.arrow;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes columns of fixed width, without nulls, as an uncompressed Arrow IPC file of one record
 * batch, straight from the buffers that hold them. Each column gets a validity buffer of ones
 * although it has no nulls: it costs a bit a row on disk, and without it every reader would have to
 * make one in memory.
 */
public final class ArrowColumnFile {

  private ArrowColumnFile() {}

  /**
   * One column.
   *
   * @param field name and type; a type of fixed width of whole bytes
   * @param values the values one after the other; lent for the call of {@link #write}
   */
  public record Column(Field field, ArrowBuf values) {

    /** A column of 64-bit integers. */
    public static Column int64(String name, ArrowBuf values) {
      return of(name, new ArrowType.Int(Long.SIZE, true), values);
    }

    /** A column of 32-bit integers. */
    public static Column int32(String name, ArrowBuf values) {
      return of(name, new ArrowType.Int(Integer.SIZE, true), values);
    }

    /** A column of 8-bit integers. */
    public static Column int8(String name, ArrowBuf values) {
      return of(name, new ArrowType.Int(Byte.SIZE, true), values);
    }

    /** A column of {@code width} bytes a row. */
    public static Column bytes(String name, int width, ArrowBuf values) {
      return of(name, new ArrowType.FixedSizeBinary(width), values);
    }

    private static Column of(String name, ArrowType type, ArrowBuf values) {
      return new Column(new Field(name, FieldType.notNullable(type), null), values);
    }
  }

  /**
   * Creates or replaces {@code path}.
   *
   * @param rows the rows of every column
   * @throws IOException as the file system says, such as when the disk is full
   */
  public static void write(Path path, int rows, List<Column> columns, BufferAllocator allocator)
      throws IOException {
    Schema schema = new Schema(columns.stream().map(Column::field).toList());
    try (ArrowBuf validity = allValid(rows, allocator);
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        FileChannel channel =
            FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        ArrowFileWriter writer = new ArrowFileWriter(root, null, channel)) {
      load(root, rows, columns, validity);
      writer.start();
      writer.writeBatch();
      writer.end();
    }
  }

  private static void load(
      VectorSchemaRoot root, int rows, List<Column> columns, ArrowBuf validity) {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<ArrowBuf> buffers = new ArrayList<>();
    for (Column column : columns) {
      nodes.add(new ArrowFieldNode(rows, 0));
      buffers.add(validity);
      buffers.add(column.values());
    }
    try (ArrowRecordBatch batch = new ArrowRecordBatch(rows, nodes, buffers)) {
      new VectorLoader(root).load(batch);
    }
  }

  private static ArrowBuf allValid(int rows, BufferAllocator allocator) {
    long sizeBytes = (rows + 7L) / 8;
    ArrowBuf validity = NativeBuffer.allocate(allocator, sizeBytes);
    validity.setOne(0, sizeBytes);
    return validity;
  }
}
