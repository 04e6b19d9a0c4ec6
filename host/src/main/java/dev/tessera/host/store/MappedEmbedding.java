package dev.tessera.host.store;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.arrow.MappedArrowFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** An embedding on disk, mapped: as many readers as wish share the page cache's one copy. */
public final class MappedEmbedding implements AutoCloseable {

  private final MappedArrowFile file;
  private final Embeddings embeddings;

  private MappedEmbedding(MappedArrowFile file, Embeddings embeddings) {
    this.file = file;
    this.embeddings = embeddings;
  }

  /**
   * Maps the embedding in a folder.
   *
   * @param name under which the embedding is known to its readers
   * @param allocator counts the mapped bytes; outlives this object
   */
  public static MappedEmbedding open(
      EmbeddingFolder folder, String name, BufferAllocator allocator) {
    return open(folder.arrow(), name, allocator);
  }

  /** Maps the embedding in an Arrow file. */
  static MappedEmbedding open(Path arrow, String name, BufferAllocator allocator) {
    if (!Files.exists(arrow)) {
      throw new PluginException(
          ErrorCode.IO, "cannot open embedding %s: no file %s".formatted(name, arrow));
    }
    try {
      MappedArrowFile file = MappedArrowFile.open(arrow, allocator);
      int dimension =
          ((ArrowType.FixedSizeList) file.schema().findField(EmbeddingBatch.EMBEDDING).getType())
              .getListSize();
      List<EmbeddingBatch> batches = file.batches().stream().map(MappedEmbedding::batch).toList();
      return new MappedEmbedding(
          file,
          new Embeddings(name, dimension, EmbeddingSchema.columnNames(file.schema()), batches));
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO, "cannot open embedding " + name + ": " + FileFault.reason(e), e);
    }
  }

  private static EmbeddingBatch batch(VectorSchemaRoot root) {
    return new EmbeddingBatch(
        (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID),
        (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING));
  }

  /** The rows; lent until {@link #close}. */
  public Embeddings embeddings() {
    return embeddings;
  }

  @Override
  public void close() {
    file.close();
  }
}
