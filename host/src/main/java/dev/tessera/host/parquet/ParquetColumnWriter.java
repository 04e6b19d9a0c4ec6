package dev.tessera.host.parquet;

import dev.tessera.api.FileFault;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/**
 * Writes columns of primitive arrays to one ZSTD-compressed Parquet file, row group by row group.
 *
 * <p>The rows go to {@code PATH.tmp}. {@link #commit} finishes the file and renames it to PATH,
 * replacing a file there; {@link #close} without a commit deletes the temporary file, so PATH never
 * holds half a file. Heap use is bounded by about twice the row group size. For one thread.
 *
 * <p>Failure: an {@link IOException} names the file; afterwards only {@code close} is of use.
 */
public final class ParquetColumnWriter implements Closeable {

  /** Page checks fall on multiples of this many rows, and only there are all columns level. */
  private static final int SLICE_ROWS = 1_000;

  private static final int PAGE_ROWS = 20 * SLICE_ROWS;
  private static final int PAGE_BYTES = 1 << 20;
  private static final int ZSTD_LEVEL = 3;
  private static final int NO_PADDING = 0;
  private static final int TRUNCATE_BYTES = 64;
  private static final boolean NO_CHECKSUMS = false;

  private final Path path;
  private final Path temporary;
  private final List<ParquetColumn> columns;
  private final ParquetRowGroupLimit limit;
  private final MessageType schema;
  private final MessageType scalarSchema;
  private final ParquetProperties properties;
  private final Map<String, String> metadata;
  private final ZstdPageCompressor compressor = new ZstdPageCompressor(ZSTD_LEVEL);
  private final ParquetFileWriter file;

  /** Writers of the row group at hand, by column number: lists have their own, faster kind. */
  private final Map<Integer, ColumnWriter> scalars = new TreeMap<>();

  private final Map<Integer, FloatListPages> lists = new TreeMap<>();

  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore store;
  private int rowsInGroup;
  private long rowsWritten;
  private boolean failed;
  private boolean closed;

  /**
   * Creates {@code PATH.tmp}; the folder must exist.
   *
   * @param metadata key-value pairs for the footer; {@code ARROW:schema} is added
   */
  public ParquetColumnWriter(
      Path path,
      List<ParquetColumn> columns,
      ParquetRowGroupLimit limit,
      Map<String, String> metadata)
      throws IOException {
    this.path = path;
    this.temporary = path.resolveSibling(path.getFileName() + ".tmp");
    this.columns = List.copyOf(columns);
    this.limit = limit;
    this.schema = ParquetColumn.parquetSchema(columns);
    this.scalarSchema =
        ParquetColumn.parquetSchema(
            columns.stream()
                .filter(column -> !(column instanceof ParquetColumn.FloatList))
                .toList());
    this.properties = properties(columns);
    this.metadata = new HashMap<>(metadata);
    this.metadata.put("ARROW:schema", encodedArrowSchema(columns));
    this.file = openFile();
    startRowGroup();
  }

  /** Rows taken so far. */
  public long rowsWritten() {
    return rowsWritten;
  }

  /**
   * Appends the first {@code rows} rows of {@code values}.
   *
   * @param values one entry a column, in schema order; lent, read before this returns
   * @throws IllegalArgumentException when a column is missing, short or of the wrong kind
   */
  public void write(int rows, List<ColumnValues> values) throws IOException {
    check(rows, values);
    try {
      for (int from = 0; from < rows; ) {
        int to = Math.min(rows, from + SLICE_ROWS - rowsInGroup % SLICE_ROWS);
        writeSlice(values, from, to);
        from = to;
      }
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
    rowsWritten += rows;
  }

  /** Finishes the file and moves it to its final name. Call once, last. */
  public void commit() throws IOException {
    if (failed || closed) {
      throw new IllegalStateException(path + ": cannot commit after a failure or close");
    }
    try {
      flushRowGroup();
      file.end(metadata);
      file.close();
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  /** Releases everything and, without an earlier successful {@link #commit}, drops the rows. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      store.close();
      pages.close();
      compressor.release();
      file.close();
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void writeSlice(List<ColumnValues> values, int from, int to) throws IOException {
    for (Map.Entry<Integer, FloatListPages> list : lists.entrySet()) {
      list.getValue().write((ColumnValues.Vectors) values.get(list.getKey()), from, to);
    }
    scalars.forEach((column, out) -> writeScalars(out, values.get(column), from, to));
    for (int i = from; i < to; i++) {
      store.endRecord();
    }
    rowsInGroup += to - from;
    if (rowsInGroup >= limit.rows() || bufferedBytes() >= limit.bytes()) {
      flushRowGroup();
      startRowGroup();
    }
  }

  private long bufferedBytes() {
    long listBytes = lists.values().stream().mapToLong(FloatListPages::bufferedBytes).sum();
    return store.getBufferedSize() + listBytes;
  }

  private static void writeScalars(ColumnWriter out, ColumnValues values, int from, int to) {
    if (values instanceof ColumnValues.Longs longs) {
      writeLongs(out, longs.values(), from, to);
    } else if (values instanceof ColumnValues.Texts texts) {
      writeTexts(out, texts, from, to);
    }
  }

  private static void writeLongs(ColumnWriter out, long[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      out.write(values[i], 0, 0);
    }
  }

  private static void writeTexts(ColumnWriter out, ColumnValues.Texts texts, int from, int to) {
    int[] offsets = texts.offsets();
    for (int i = from; i < to; i++) {
      int length = offsets[i + 1] - offsets[i];
      out.write(Binary.fromReusedByteArray(texts.utf8(), offsets[i], length), 0, 0);
    }
  }

  private void startRowGroup() {
    pages =
        new ColumnChunkPageWriteStore(
            compressor, schema, new HeapByteBufferAllocator(), TRUNCATE_BYTES);
    store = properties.newColumnWriteStore(scalarSchema, pages, pages);
    scalars.clear();
    lists.clear();
    for (int c = 0; c < columns.size(); c++) {
      ColumnDescriptor column = schema.getColumns().get(c);
      if (columns.get(c) instanceof ParquetColumn.FloatList list) {
        lists.put(c, new FloatListPages(column, list.width(), pages.getPageWriter(column)));
      } else {
        scalars.put(c, store.getColumnWriter(column));
      }
    }
    rowsInGroup = 0;
  }

  private void flushRowGroup() throws IOException {
    if (rowsInGroup > 0) {
      file.startBlock(rowsInGroup);
      store.flush();
      for (FloatListPages list : lists.values()) {
        list.flush();
      }
      pages.flushToFileWriter(file);
      file.endBlock();
    }
    store.close();
    pages.close();
  }

  /** Calls the one constructor for which javac needs no Hadoop class on the class path. */
  private ParquetFileWriter openFile() throws IOException {
    try {
      ParquetFileWriter writer =
          new ParquetFileWriter(
              new LocalOutputFile(temporary),
              schema,
              ParquetFileWriter.Mode.OVERWRITE,
              limit.bytes(),
              NO_PADDING,
              TRUNCATE_BYTES,
              TRUNCATE_BYTES,
              NO_CHECKSUMS);
      writer.start();
      return writer;
    } catch (IOException e) {
      compressor.release();
      throw failure(e);
    }
  }

  private void check(int rows, List<ColumnValues> values) {
    if (values.size() != columns.size()) {
      throw new IllegalArgumentException(
          "%s: wanted %d columns, found %d".formatted(path, columns.size(), values.size()));
    }
    for (int c = 0; c < columns.size(); c++) {
      ParquetColumn column = columns.get(c);
      if (!fits(column, values.get(c)) || values.get(c).capacity() < rows) {
        throw new IllegalArgumentException(
            "%s: column %s wanted %d rows for %s, found %d rows of %s"
                .formatted(
                    path,
                    column.name(),
                    rows,
                    column,
                    values.get(c).capacity(),
                    values.get(c).getClass().getSimpleName()));
      }
    }
  }

  private static boolean fits(ParquetColumn column, ColumnValues values) {
    if (column instanceof ParquetColumn.FloatList list) {
      return values instanceof ColumnValues.Vectors vectors
          && vectors.width() == list.width()
          && (list.nullable() || vectors.nullRows().isEmpty());
    }
    return column instanceof ParquetColumn.Utf8
        ? values instanceof ColumnValues.Texts
        : values instanceof ColumnValues.Longs;
  }

  private IOException failure(Exception cause) {
    failed = true;
    return new IOException(
        "%s: cannot write Parquet: %s"
            .formatted(
                path,
                cause instanceof IOException io
                    ? FileFault.reason(path, io)
                    : String.valueOf(cause.getMessage())),
        cause);
  }

  private static ParquetProperties properties(List<ParquetColumn> columns) {
    ParquetProperties.Builder builder =
        ParquetProperties.builder()
            .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
            .withPageSize(PAGE_BYTES)
            .withPageRowCountLimit(PAGE_ROWS)
            .estimateRowCountForPageSizeCheck(false)
            .withMinRowCountForPageSizeCheck(SLICE_ROWS)
            .withColumnIndexTruncateLength(TRUNCATE_BYTES)
            .withPageWriteChecksumEnabled(NO_CHECKSUMS);
    for (ParquetColumn column : columns) {
      if (column instanceof ParquetColumn.Int64 ids && ids.expectedDistinctPerRowGroup() > 0) {
        builder.withBloomFilterEnabled(ids.name(), true);
        builder.withBloomFilterNDV(ids.name(), ids.expectedDistinctPerRowGroup());
      }
      if (column instanceof ParquetColumn.TimestampMicros time) {
        // Times hardly repeat: a dictionary would be built, given up and written out again.
        builder.withDictionaryEncoding(time.name(), false);
      }
    }
    return builder.build();
  }

  /** Where Arrow's readers look for types that Parquet has not, such as fixed-size lists. */
  private static String encodedArrowSchema(List<ParquetColumn> columns) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WriteChannel channel = new WriteChannel(Channels.newChannel(bytes));
    MessageSerializer.serialize(channel, ParquetColumn.arrowSchema(columns));
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
