package dev.tessera.host.flight;

import dev.tessera.client.EmbeddingRows;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.publish.Publication;
import dev.tessera.host.publish.PublicationStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A server of a store on a free loopback port, with a plain client; checks for bytes left. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
final class StoreUnderTest implements AutoCloseable {

  final RootAllocator root = new RootAllocator();
  final BufferAllocator clientMemory = root.newChildAllocator("client", 0, Long.MAX_VALUE);
  final BufferAllocator mapped = root.newChildAllocator("mapped", 0, Long.MAX_VALUE);
  final Path folder;
  final PublicationStore store;
  final StoreCatalog catalog;
  final EmbeddingFlightServer server;
  final FlightClient client;

  /** Serves {@code FOLDER/store} to everyone for everything. */
  StoreUnderTest(Path folder) {
    this(folder, Authentication.open());
  }

  /** Serves it to some. */
  StoreUnderTest(Path folder, Authentication authentication) {
    this(folder, authentication, Optional.empty());
  }

  /** Serves it and embeds by what is published. */
  StoreUnderTest(Path folder, Authentication authentication, Optional<ModelOpener> models) {
    this.folder = folder;
    store = new PublicationStore(folder.resolve("store"));
    catalog = StoreCatalog.open(store, models, mapped);
    server =
        EmbeddingFlightServer.start(
            new EmbeddingCatalog(List.of(), Optional.of(catalog)),
            new LiveCatalog(Map.of(), Optional.of(catalog)),
            ServerUnderTest.HOST,
            0,
            new ServerOptions(Optional.empty(), authentication, CallLimits.DEFAULT, List.of())
                .with(List.of(), folder.resolve("runs"), 4),
            root);
    client =
        FlightClient.builder(
                clientMemory, Location.forGrpcInsecure(ServerUnderTest.HOST, server.port()))
            .build();
  }

  /** Publishes a run of one step whose values are all the same. */
  static Publication publish(
      PublicationStore store, Path folder, int clients, int dimension, float value)
      throws IOException {
    Path run = Files.createTempDirectory(folder, "run");
    List<String> columns = IntStream.range(0, dimension).mapToObj(i -> "c" + i).toList();
    RunFixture.write(
        run, clients, columns, (step, row, vector) -> Arrays.fill(vector, value), "profile");
    return store.publish(new RunFolder(run), "profiles", false);
  }

  /** The same in this store, served when it returns. */
  Publication publish(int clients, int dimension, float value) throws IOException {
    Publication publication = publish(store, folder, clients, dimension, value);
    catalog.refresh();
    return publication;
  }

  static FlightDescriptor command(String json) {
    return FlightDescriptor.command(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  FlightStream get(String json) {
    return client.getStream(new Ticket(command(json).getCommand()));
  }

  /** The rows of an answer in float32, null where a client is unknown. */
  List<float[]> rows(String json) throws Exception {
    List<float[]> all = new ArrayList<>();
    try (FlightStream stream = get(json)) {
      while (stream.next()) {
        EmbeddingRows batch = EmbeddingRows.of(stream.getRoot());
        for (int row = 0; row < batch.size(); row++) {
          float[] vector = new float[batch.embeddings().getListSize()];
          if (!batch.isUnknown(row)) {
            batch.copyVector(row, vector);
          }
          all.add(batch.isUnknown(row) ? null : vector);
        }
      }
    }
    return all;
  }

  @Override
  public void close() throws InterruptedException {
    client.close();
    server.close();
    catalog.close();
    mapped.close();
    clientMemory.close();
    root.close();
  }
}
