package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EmbeddingBatch;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.junit.jupiter.api.Test;

class SentVectorsTest {

  private static final int ROWS = 13;
  private static final int DIMENSION = 7;

  @Test
  void arrowsVectorsTakeWhatIsSentAndSeeNoNulls() {
    try (BufferAllocator allocator = new RootAllocator();
        RandomEmbedding random = new RandomEmbedding("sent", ROWS, DIMENSION, ROWS, allocator)) {
      ServedEmbedding embedding = new ServedEmbedding("sent", random.embeddings(), Map.of());
      EmbeddingBatch batch = random.embeddings().batches().get(0);
      try (VectorBatch sent =
              new VectorBatch("sent", embedding.schema(), DIMENSION, Float.BYTES, allocator);
          VectorSchemaRoot received = VectorSchemaRoot.create(embedding.schema(), allocator)) {
        sent.begin(ROWS);
        for (int row = 0; row < ROWS; row++) {
          long at = sent.put(row, batch.clientIds().get(row));
          for (int column = 0; column < DIMENSION; column++) {
            sent.vectors().setFloat(at + 4L * column, row * 10 + column);
          }
        }
        sent.putUnknown(4, -1);
        sent.end(ROWS);
        try (ArrowRecordBatch message = new VectorUnloader(sent.root()).getRecordBatch()) {
          assertThat(message.computeBodyLength()).isEqualTo(BatchSize.bytes(ROWS, DIMENSION));
          new VectorLoader(received).load(message);
        }
        FixedSizeListVector lists =
            (FixedSizeListVector) received.getVector(EmbeddingBatch.EMBEDDING);
        assertThat(IntStream.range(0, ROWS).filter(lists::isNull)).containsExactly(4);
        Float4Vector values = (Float4Vector) lists.getDataVector();
        assertThat(values.getNullCount()).isZero();
        assertThat(values.getValueCount()).isEqualTo(ROWS * DIMENSION);
        assertThat(values.get(12 * DIMENSION + 6)).isEqualTo(126f);
        assertThat(received.getVector(EmbeddingBatch.CLIENT_ID).getObject(5))
            .isEqualTo(batch.clientIds().get(5));
      }
    }
  }
}
