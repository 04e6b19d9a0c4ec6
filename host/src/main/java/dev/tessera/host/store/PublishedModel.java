package dev.tessera.host.store;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.Embeddings;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.TrainingReport;
import dev.tessera.host.arrow.HostMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Vectors that are looked up rather than computed: a client's own, or zeros for one who has none,
 * which a merge leaves out and imputes.
 */
final class PublishedModel implements EmbeddingModel {

  private final Path file;
  private final PluginContext context;
  private final BufferAllocator mappings;
  private final MappedEmbedding mapped;

  PublishedModel(Path file, PluginContext context) {
    this.file = file;
    this.context = context;
    this.mappings = HostMemory.forMappedFiles(context.allocator(), "published embedding");
    try {
      this.mapped = MappedEmbedding.open(file, context.stepName(), mappings);
    } catch (RuntimeException e) {
      mappings.close();
      throw e;
    }
  }

  @Override
  public int dimension() {
    return mapped.embeddings().dimension();
  }

  @Override
  public List<String> columnNames() {
    return mapped.embeddings().columnNames();
  }

  @Override
  public TrainingReport fit(EventLog events) {
    return new TrainingReport(
        Map.of("clients", (double) mapped.embeddings().rows()), Map.of(), List.of());
  }

  @Override
  public void save(Path modelDirectory) {
    PublishedFile.keep(file, new EmbeddingFolder(modelDirectory).arrow());
  }

  /** Goes through clients and rows side by side: both ascend. */
  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    Embeddings embeddings = mapped.embeddings();
    float[] vector = new float[dimension()];
    float[] zeros = new float[dimension()];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), dimension(), sink)) {
      int client = 0;
      for (EmbeddingBatch batch : embeddings.batches()) {
        if (client < clients.size() && endsBefore(batch, clients.id(client))) {
          continue; // so that a lone client does not wait for all rows
        }
        for (int row = 0; row < batch.rows() && client < clients.size(); row++) {
          long id = batch.clientIds().get(row);
          for (; client < clients.size() && clients.id(client) < id; client++) {
            out.write(clients.id(client), zeros);
          }
          if (client < clients.size() && clients.id(client) == id) {
            batch.copyRow(row, vector);
            out.write(id, vector);
            client++;
          }
        }
      }
      for (; client < clients.size(); client++) {
        out.write(clients.id(client), zeros);
      }
      out.finish();
    }
  }

  private static boolean endsBefore(EmbeddingBatch batch, long client) {
    return batch.rows() == 0 || batch.clientIds().get(batch.rows() - 1) < client;
  }

  @Override
  public void close() {
    mapped.close();
    mappings.close();
  }
}
