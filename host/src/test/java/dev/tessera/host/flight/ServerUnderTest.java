package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.ServerAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A server of random embeddings on a free loopback port, and a client; checks for bytes left. */
final class ServerUnderTest implements AutoCloseable {

  static final String HOST = "127.0.0.1";

  final RootAllocator root = new RootAllocator();
  final BufferAllocator clientMemory = root.newChildAllocator("client", 0, Long.MAX_VALUE);
  final BufferAllocator serverMemory = root.newChildAllocator("server", 0, Long.MAX_VALUE);
  final RandomEmbedding random;
  final EmbeddingFlightServer server;
  final EmbeddingFlightClient client;
  private final int[] ownReferences;

  /** Serves {@code profile} and a small {@code stats} with two column names. */
  ServerUnderTest(int rows, int dimension) {
    this(rows, dimension, ServerOptions.OPEN);
  }

  /** The same, guarded and watched as the options say. */
  ServerUnderTest(int rows, int dimension, ServerOptions options) {
    random = new RandomEmbedding("profile", rows, dimension, root);
    ownReferences =
        IntStream.range(0, random.embeddings().batches().size()).map(this::references).toArray();
    Embeddings stats =
        new Embeddings(
            "stats",
            dimension,
            columnNames(dimension),
            List.of(random.embeddings().batches().get(0)));
    server =
        EmbeddingFlightServer.start(
            new EmbeddingCatalog(
                List.of(
                    new ServedEmbedding("profile", random.embeddings(), Map.of("run", "r1")),
                    new ServedEmbedding("stats", stats, Map.of()))),
            HOST,
            0,
            options,
            serverMemory);
    client = newClient();
  }

  EmbeddingFlightClient newClient() {
    return new EmbeddingFlightClient(address(), clientMemory);
  }

  ServerAddress address() {
    return new ServerAddress(HOST, server.port());
  }

  /** The vector of a known id, read from what is served. */
  float[] vector(long id) {
    for (EmbeddingBatch batch : random.embeddings().batches()) {
      for (int row = 0; row < batch.rows(); row++) {
        if (batch.clientIds().get(row) == id) {
          float[] vector = new float[batch.dimension()];
          batch.copyRow(row, vector);
          return vector;
        }
      }
    }
    throw new IllegalArgumentException("no client " + id);
  }

  /** How many of the served batches are held by anybody but their owner. */
  long batchesInFlight() {
    return IntStream.range(0, ownReferences.length)
        .filter(batch -> references(batch) > ownReferences[batch])
        .count();
  }

  private int references(int batch) {
    return random.embeddings().batches().get(batch).values().getDataBuffer().refCnt();
  }

  private static List<String> columnNames(int dimension) {
    return IntStream.range(0, dimension).mapToObj(i -> "column " + i).toList();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    random.close();
    clientMemory.close();
    serverMemory.close();
    root.close();
  }
}
