package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType.FixedSizeBinary;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Vectors on their way out, N × D. Arrow's own send a bit with each value to say that it is not
 * null, 3 % of all bytes of float32 and 6 % of float16, and count those bits before. No value ever
 * is null here, so none is sent, as Arrow's columnar format allows where the null count is 0. A row
 * can be null, and has its bit.
 */
final class SentVectors extends FixedSizeListVector {

  private final Field field;
  private final Values values;

  private SentVectors(Field field, int valueBytes, BufferAllocator allocator) {
    super(field, allocator, null);
    this.field = field;
    values = new Values(valueBytes, allocator);
  }

  /**
   * Ids and vectors of a schema, no rows.
   *
   * @param schema of ids and vectors, see {@link ServedEmbedding#schema}
   * @param valueBytes of one of a vector's D values
   */
  static VectorSchemaRoot root(Schema schema, int valueBytes, BufferAllocator allocator) {
    Field ids = schema.findField(EmbeddingBatch.CLIENT_ID);
    Field vectors = schema.findField(EmbeddingBatch.EMBEDDING);
    return new VectorSchemaRoot(
        schema,
        List.of(ids.createVector(allocator), new SentVectors(vectors, valueBytes, allocator)),
        0);
  }

  /** Makes room for rows, all of them null and with any values. */
  void allocate(int rows) {
    setInitialCapacity(rows);
    allocateNew();
    values.allocate(rows * getListSize());
  }

  /** The values, row after row. */
  ArrowBuf values() {
    return values.getDataBuffer();
  }

  /** Has that many rows now. */
  @Override
  public void setValueCount(int rows) {
    super.setValueCount(rows);
    values.count(rows * getListSize());
  }

  /** Arrow would name the type of the child that it made itself: none. */
  @Override
  public Field getField() {
    return field;
  }

  @Override
  public List<FieldVector> getChildrenFromFields() {
    return List.of(values);
  }

  @Override
  public void clear() {
    super.clear();
    values.clear();
  }

  /** Fixed width is all that is asked of them; their type is the schema's. */
  private static final class Values extends FixedSizeBinaryVector {

    Values(int bytes, BufferAllocator allocator) {
      super("values", FieldType.notNullable(new FixedSizeBinary(bytes)), allocator);
    }

    void allocate(int count) {
      clear();
      valueBuffer = allocator.buffer((long) count * getTypeWidth());
    }

    void count(int count) {
      valueCount = count;
    }

    @Override
    public int getNullCount() {
      return 0;
    }

    @Override
    public List<ArrowBuf> getFieldBuffers() {
      valueBuffer.readerIndex(0).writerIndex((long) valueCount * getTypeWidth());
      return List.of(allocator.getEmpty(), valueBuffer);
    }

    @Override
    public void loadFieldBuffers(ArrowFieldNode node, List<ArrowBuf> buffers) {
      clear();
      ArrowBuf bytes = buffers.get(1);
      valueBuffer = bytes.getReferenceManager().retain(bytes, allocator);
      valueCount = node.getLength();
    }
  }
}
