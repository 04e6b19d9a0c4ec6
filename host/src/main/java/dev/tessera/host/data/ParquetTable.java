package dev.tessera.host.data;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.arrow.dataset.file.FileFormat;
import org.apache.arrow.dataset.file.FileSystemDatasetFactory;
import org.apache.arrow.dataset.jni.NativeMemoryPool;
import org.apache.arrow.dataset.scanner.ScanOptions;
import org.apache.arrow.dataset.scanner.Scanner;
import org.apache.arrow.dataset.source.Dataset;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.FileMetaData;

/**
 * One Parquet file, read column by column through Arrow Dataset. Batches come in the file's order.
 *
 * <p>Columns are scanned one at a time on purpose: Arrow keeps the compressed bytes of all columns
 * of a scan until the scan ends, and decodes about two million rows ahead.
 */
final class ParquetTable {

  /** Large enough that the call into native code costs nothing, small enough for the cache. */
  static final int BATCH_ROWS = 1 << 16;

  private final Path file;
  private final BufferAllocator allocator;
  private final Schema schema;
  private final FileMetaData footer;

  private ParquetTable(Path file, BufferAllocator allocator) {
    this.file = file;
    this.allocator = allocator;
    this.footer = ParquetFooter.read(file).decode();
    this.schema = readSchema();
  }

  /**
   * Reads schema and footer.
   *
   * @throws PluginException if the file is no readable Parquet file
   */
  static ParquetTable open(Path file, BufferAllocator allocator) {
    return new ParquetTable(file, allocator);
  }

  Path file() {
    return file;
  }

  /** The rows of the file. */
  long rows() {
    return footer.getNum_rows();
  }

  /** False only if a column surely has no null. */
  boolean mayHaveNulls(String column) {
    return schema.findField(column).isNullable() && ParquetFooter.mayHaveNulls(footer, column);
  }

  /**
   * The type of a column.
   *
   * @param wanted the types that will do, in words
   * @throws PluginException if there is no such column, or its type will not do; names what there
   *     is
   */
  ArrowType require(String column, Predicate<ArrowType> accepted, String wanted) {
    Optional<Field> field =
        schema.getFields().stream().filter(f -> f.getName().equals(column)).findFirst();
    if (field.isEmpty()) {
      List<String> names = schema.getFields().stream().map(Field::getName).toList();
      throw DataFault.invalid(
          file,
          "wanted a column %s (%s), found only %s"
              .formatted(column, wanted, names.isEmpty() ? "no column" : String.join(", ", names)));
    }
    ArrowType type = field.get().getType();
    if (!accepted.test(type) || field.get().getDictionary() != null) {
      throw DataFault.invalid(
          file, "column %s: wanted %s, found %s".formatted(column, wanted, TypeNames.of(type)));
    }
    return type;
  }

  /** Receives one batch of a column. */
  interface BatchConsumer {
    /**
     * Called in file order.
     *
     * @param vector lent for the call
     * @param firstRow the file's row that the batch starts with
     */
    void accept(FieldVector vector, long firstRow);
  }

  /** Receives one batch of several columns. */
  interface RowConsumer {
    /**
     * Called in file order.
     *
     * @param columns in the order asked for; lent for the call
     * @param firstRow the file's row that the batch starts with
     */
    void accept(List<FieldVector> columns, long firstRow);
  }

  /** Passes a column, batch after batch, to {@code consumer}, on this thread. */
  void scan(String column, BatchConsumer consumer) {
    scan(List.of(column), (columns, firstRow) -> consumer.accept(columns.get(0), firstRow));
  }

  /** Passes some columns, batch after batch, to {@code consumer}, on this thread. */
  @SuppressWarnings("try") // Arrow's close() declares Exception; none of them is interruptible
  void scan(List<String> columns, RowConsumer consumer) {
    if (rows() == 0) {
      return; // files without row groups too
    }
    ScanOptions options =
        new ScanOptions.Builder(BATCH_ROWS)
            .columns(Optional.of(columns.toArray(String[]::new)))
            .build();
    try (FileSystemDatasetFactory factory = factory();
        Dataset dataset = factory.finish();
        Scanner scanner = dataset.newScan(options);
        ArrowReader reader = scanner.scanBatches()) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      long firstRow = 0;
      while (loadNext(reader)) {
        consumer.accept(columns.stream().map(root::getVector).toList(), firstRow);
        firstRow += root.getRowCount();
      }
      if (firstRow != rows()) {
        throw DataFault.invalid(
            file, "the footer says %d rows, found %d".formatted(rows(), firstRow));
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // what AutoCloseable declares
      throw unreadable(e);
    }
  }

  private boolean loadNext(ArrowReader reader) throws IOException {
    try {
      return reader.loadNextBatch();
    } catch (PluginException e) {
      throw e;
    } catch (RuntimeException e) { // how Arrow reports broken data, and want of memory
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof OutOfMemoryException memory) {
          throw memory;
        }
      }
      throw unreadable(e);
    }
  }

  private Schema readSchema() {
    try (FileSystemDatasetFactory factory = factory()) {
      return factory.inspect();
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  private FileSystemDatasetFactory factory() {
    return new FileSystemDatasetFactory(
        allocator, NativeMemoryPool.getDefault(), FileFormat.PARQUET, file.toUri().toString());
  }

  private PluginException unreadable(Exception cause) {
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new PluginException(
        ErrorCode.INVALID_DATA, file + ": cannot be read as Parquet: " + reason, cause);
  }
}
