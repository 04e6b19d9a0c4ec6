package dev.tessera.host.flight;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;

/** A server in a process of its own, to be killed: prints its port, then serves until then. */
final class ServerProcess {

  private ServerProcess() {}

  /**
   * Serves {@code profile} with {@code arguments[0]} rows of 256 values, at port {@code
   * arguments[1]}.
   */
  public static void main(String[] arguments) throws InterruptedException {
    try (RootAllocator allocator = new RootAllocator();
        RandomEmbedding random =
            new RandomEmbedding("profile", Integer.parseInt(arguments[0]), 256, allocator);
        EmbeddingFlightServer server =
            EmbeddingFlightServer.start(
                new EmbeddingCatalog(
                    List.of(new ServedEmbedding("profile", random.embeddings(), Map.of()))),
                ServerUnderTest.HOST,
                arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0,
                ServerOptions.OPEN,
                allocator)) {
      System.out.println(server.port());
      server.awaitTermination(Duration.ofMinutes(10));
    }
  }
}
