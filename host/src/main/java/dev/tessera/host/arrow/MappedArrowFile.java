package dev.tessera.host.arrow;

import dev.tessera.api.FileFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageMetadataResult;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An uncompressed Arrow IPC file whose vectors lie in read-only memory maps; no value is copied.
 *
 * <p>All record batches are mapped by {@link #open}, none is read: pages come in when a value is.
 * The vectors are lent until {@link #close} and may be read by any number of threads. Writing to
 * one crashes the JVM. The file must not be cut short while it is open; replace it by a rename.
 */
public final class MappedArrowFile implements AutoCloseable {

  private final Path path;
  private final Schema schema;
  private final List<VectorSchemaRoot> batches;

  private MappedArrowFile(Path path, Schema schema, List<VectorSchemaRoot> batches) {
    this.path = path;
    this.schema = schema;
    this.batches = List.copyOf(batches);
  }

  /**
   * Maps {@code path}.
   *
   * @param allocator counts the mapped bytes, so it should have no limit; outlives the result. A
   *     column stored without a validity buffer takes real memory here: one bit a row.
   * @throws IOException naming the file, when it is missing, cut short, not an Arrow file,
   *     compressed, has dictionaries, or has a buffer of 2 GiB or more
   */
  public static MappedArrowFile open(Path path, BufferAllocator allocator) throws IOException {
    List<VectorSchemaRoot> batches = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
      if (!reader.getDictionaryBlocks().isEmpty()) {
        throw new IOException("has dictionaries, which are not supported");
      }
      Schema schema = reader.getVectorSchemaRoot().getSchema();
      try (MappedWindows windows =
          new MappedWindows(channel, reader.getRecordBlocks(), allocator)) {
        for (ArrowBlock block : reader.getRecordBlocks()) {
          VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
          batches.add(root);
          load(channel, block, root, windows);
        }
      }
      return new MappedArrowFile(path, schema, batches);
    } catch (IOException | RuntimeException e) {
      batches.forEach(VectorSchemaRoot::close);
      throw new IOException("%s: cannot map Arrow file: %s".formatted(path, reason(e)), e);
    }
  }

  /** The file that is mapped. */
  public Path path() {
    return path;
  }

  /** The file's schema, there even when it has no batch. */
  public Schema schema() {
    return schema;
  }

  /** The record batches in file order; lent until {@link #close}. */
  public List<VectorSchemaRoot> batches() {
    return batches;
  }

  /** Rows of all batches. */
  public long rowCount() {
    return batches.stream().mapToLong(VectorSchemaRoot::getRowCount).sum();
  }

  /** Gives the vectors up; the JVM unmaps the file when nothing refers to them any more. */
  @Override
  public void close() {
    batches.forEach(VectorSchemaRoot::close);
  }

  private static void load(
      FileChannel channel, ArrowBlock block, VectorSchemaRoot root, MappedWindows windows)
      throws IOException {
    RecordBatch header = header(channel, block);
    long bodyOffset = block.getOffset() + block.getMetadataLength();
    List<ArrowBuf> buffers = new ArrayList<>();
    try {
      for (int i = 0; i < header.buffersLength(); i++) {
        Buffer buffer = header.buffers(i);
        buffers.add(windows.map(bodyOffset + buffer.offset(), buffer.length()));
      }
      int rows = Math.toIntExact(header.length());
      try (ArrowRecordBatch batch = new ArrowRecordBatch(rows, nodes(header), buffers)) {
        new VectorLoader(root).load(batch);
      }
    } finally {
      buffers.forEach(ArrowBuf::close);
    }
  }

  private static RecordBatch header(FileChannel channel, ArrowBlock block) throws IOException {
    channel.position(block.getOffset());
    MessageMetadataResult message = MessageSerializer.readMessage(new ReadChannel(channel));
    if (message == null || message.getMessage().headerType() != MessageHeader.RecordBatch) {
      throw new IOException("no record batch at byte " + block.getOffset());
    }
    RecordBatch header = (RecordBatch) message.getMessage().header(new RecordBatch());
    if (header.compression() != null) {
      throw new IOException("is compressed, which cannot be mapped");
    }
    return header;
  }

  private static List<ArrowFieldNode> nodes(RecordBatch header) {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    for (int i = 0; i < header.nodesLength(); i++) {
      FieldNode node = header.nodes(i);
      nodes.add(new ArrowFieldNode(node.length(), node.nullCount()));
    }
    return nodes;
  }

  private static String reason(Exception e) {
    return e instanceof IOException io ? FileFault.reason(io) : String.valueOf(e.getMessage());
  }
}
