package dev.tessera.host.pipeline;

import dev.tessera.api.Embeddings;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.MappedEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/** The results that one step reads, mapped while it runs. */
final class MappedInputs implements AutoCloseable {

  private final BufferAllocator allocator;
  private final List<MappedEmbedding> mapped = new ArrayList<>();

  MappedInputs(Map<String, EmbeddingFolder> inputs, BufferAllocator relative) {
    allocator = HostMemory.forMappedFiles(relative, "inputs");
    try {
      inputs.forEach((name, folder) -> mapped.add(MappedEmbedding.open(folder, name, allocator)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  List<Embeddings> embeddings() {
    return mapped.stream().map(MappedEmbedding::embeddings).toList();
  }

  @Override
  public void close() {
    mapped.forEach(MappedEmbedding::close);
    allocator.close();
  }
}
