package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.ServerAddress;
import dev.tessera.dist.Installation.Ended;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventBatchSchema;
import dev.tessera.host.data.EventRows;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.store.MappedEmbedding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server embeds clients' events as `tessera embed` does, with the real plugins. */
class LiveEmbeddingIT {

  private static final int CLIENTS = 60;

  @TempDir static Path work;

  private static Installation tessera;
  private static Process server;
  private static String address;
  private static long[] clients;

  @BeforeAll
  static void trainEmbedAndServe() throws Exception {
    tessera = new Installation(work);
    run("data", "synth", "shop", "--clients", "400");
    Files.writeString(
        work.resolve("live.yaml"),
        """
        steps:
          stats: {plugin: stats}
          als: {plugin: als, events: {product_buy: 3, add_to_cart: 1}, item: category, factors: 16}
          als_visits: {plugin: als, events: {page_visit: 1}, item: url, factors: 32}
          gru: {plugin: gru-ae, columns: [day, event-type, category, url], combine: concatenation,
                embedding-size: 8, hidden-size: 32, layers: 1, epochs: 1}
          next_sku: {plugin: next-sku, category-size: 24, event-size: 7, layers: 1, heads: 2, epochs: 1}
          next_url: {plugin: next-url, width: 16, layers: 1, heads: 2, epochs: 1, negatives: 50}
          factors: {plugin: lightfm, components: 8, epochs: 1}
          searches: {plugin: llm, text: search-table, events: [search_query], max-events: 5, max-tokens: 64}
          profile:
            plugin: merge
            inputs:
              - {step: stats, scaler: quantile-uniform}
              - {step: als, scaler: normalizer}
              - {step: als_visits, scaler: normalizer}
          all:
            plugin: merge
            inputs:
              - {step: profile, scaler: none}
              - {step: gru, scaler: normalizer}
              - {step: next_sku, processor: pca, components: 8, scaler: normalizer}
              - {step: next_url, scaler: normalizer}
              - {step: factors, scaler: normalizer}
              - {step: searches, processor: pca, components: 8, scaler: normalizer}
        """);
    run("run", "live.yaml", "--data", "shop", "--out", "trained", "--workspace", "ws");
    long[] all = Npy.readLongs(work.resolve("trained/embeddings_submit/profile/client_ids.npy"));
    clients = LongStream.of(all).limit(CLIENTS).toArray();
    Npy.write(work.resolve("some.npy"), clients, clients.length);
    run("embed", "trained", "--clients", "some.npy", "--out", "embedded", "--workspace", "ws");
    run("publish", "trained", "--as", "kept", "--store", "store");
    Path log = work.resolve("serve.txt");
    server = tessera.start(log, "serve", "trained", "--store", "store", "--live", "--port", "0");
    address = ServedRun.address(log, server);
    assertThat(Files.readString(log)).contains("embedding events with all, als, als_visits,");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      server.destroy();
      assertThat(server.waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void statsAlsAndTheirMergeAreTheSameBitForBitTogetherAndAlone() throws Exception {
    try (RootAllocator allocator = new RootAllocator()) {
      for (String step : List.of("stats", "als", "als_visits", "profile")) {
        Map<Long, float[]> wanted = embedded(step, allocator);
        Map<Long, float[]> together = live(step, id -> wanted.containsKey(id), allocator);
        assertThat(wanted.keySet()).containsAll(together.keySet()).hasSize(CLIENTS);
        assertThat(together).hasSizeGreaterThan(CLIENTS / 2);
        together.forEach(
            (client, vector) ->
                assertThat(vector).as("%s of %d", step, client).isEqualTo(wanted.get(client)));
        for (long client : together.keySet().stream().limit(10).toList()) {
          assertThat(live(step, id -> id == client, allocator).get(client))
              .as("%s of %d alone", step, client)
              .isEqualTo(wanted.get(client));
        }
      }
    }
  }

  @Test
  void modelsOfSequencesAndTextsAndAMergeOfAMergeAreTheSameButForRounding() throws Exception {
    try (RootAllocator allocator = new RootAllocator()) {
      for (String step : List.of("gru", "next_sku", "next_url", "factors", "searches", "all")) {
        Map<Long, float[]> wanted = embedded(step, allocator);
        Map<Long, float[]> together = live(step, id -> wanted.containsKey(id), allocator);
        assertThat(together).hasSizeGreaterThan(CLIENTS / 2);
        together.forEach((client, vector) -> assertNear(step, client, vector, wanted));
        for (long client : together.keySet().stream().limit(5).toList()) {
          assertNear(step, client, live(step, id -> id == client, allocator).get(client), wanted);
        }
      }
    }
  }

  @Test
  void aPublishedVersionsModelsGiveTheSame() throws Exception {
    try (RootAllocator allocator = new RootAllocator()) {
      for (String step : List.of("profile", "all")) {
        Map<Long, float[]> byRun = live(step, id -> id % 2 == 0, allocator);
        Map<Long, float[]> byVersion = live("kept/" + step, id -> id % 2 == 0, allocator);
        assertThat(byVersion.keySet()).isNotEmpty().isEqualTo(byRun.keySet());
        byVersion.forEach((client, vector) -> assertNear(step, client, vector, byRun));
      }
    }
  }

  @Test
  void benchLiveSaysHowLongAClientWaits() throws Exception {
    Ended bench =
        tessera.run(
            "bench", "live", "trained", "--step", "profile", "--calls", "5", "--workspace", "ws");
    assertThat(bench.code()).as(bench.out()).isZero();
    assertThat(bench.out())
        .contains("5 calls of 1 client(s) with 100 events each", "p99 ms")
        .containsPattern("profile +85 +\\d+\\.\\d\\d");
    Ended unknown =
        tessera.run("bench", "live", "trained", "--step", "nobody", "--workspace", "ws");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.out())
        .contains("no step 'nobody' to embed with; there are: stats, als, als_visits");
  }

  private static void assertNear(
      String step, long client, float[] found, Map<Long, float[]> wanted) {
    for (int column = 0; column < found.length; column++) {
      assertThat(found[column])
          .as("%s of %d, column %d", step, client, column)
          .isCloseTo(wanted.get(client)[column], within(1e-5f));
    }
  }

  private static void run(String... arguments) throws Exception {
    Ended ended = tessera.run(arguments);
    assertThat(ended.code()).as(ended.out()).isZero();
  }

  private static Map<Long, float[]> embedded(String step, BufferAllocator allocator) {
    Map<Long, float[]> rows = new LinkedHashMap<>();
    try (MappedEmbedding mapped =
        MappedEmbedding.open(
            new RunFolder(work.resolve("embedded")).step(Mode.SUBMIT, step), step, allocator)) {
      for (EmbeddingBatch batch : mapped.embeddings().batches()) {
        for (int row = 0; row < batch.rows(); row++) {
          float[] vector = new float[batch.dimension()];
          batch.copyRow(row, vector);
          rows.put(batch.clientIds().get(row), vector);
        }
      }
    }
    return rows;
  }

  /** The vectors of those of the wanted clients who have events in the shop. */
  private static Map<Long, float[]> live(
      String step, LongPredicate wanted, BufferAllocator allocator) {
    Map<Long, float[]> rows = new LinkedHashMap<>();
    try (EmbeddingFlightClient client =
            new EmbeddingFlightClient(ServerAddress.parse(address), allocator);
        VectorSchemaRoot events = VectorSchemaRoot.create(EventBatchSchema.schema(), allocator)) {
      for (EventKind kind : EventKind.values()) {
        EventRows.read(
            work.resolve("shop").resolve(kind.tableName() + ".parquet"),
            kind,
            allocator,
            batch -> add(events, kind, batch, wanted));
      }
      client.embed(
          step,
          events,
          answer -> {
            for (int row = 0; row < answer.size(); row++) {
              float[] vector = new float[answer.embeddings().getListSize()];
              answer.copyVector(row, vector);
              rows.put(answer.clientId(row), vector);
            }
          });
    }
    return rows;
  }

  private static void add(
      VectorSchemaRoot events, EventKind kind, EventRows batch, LongPredicate wanted) {
    int row = events.getRowCount();
    for (int i = 0; i < batch.rows(); i++) {
      if (wanted.test(batch.client(i))) {
        ((BigIntVector) events.getVector("client_id")).setSafe(row, batch.client(i));
        ((TimeStampMicroVector) events.getVector("timestamp")).setSafe(row, batch.micros(i));
        ((VarCharVector) events.getVector("kind"))
            .setSafe(row, kind.tableName().getBytes(StandardCharsets.UTF_8));
        switch (kind.itemKind()) {
          case SKU -> ((BigIntVector) events.getVector("sku")).setSafe(row, batch.item(i));
          case URL -> ((BigIntVector) events.getVector("url")).setSafe(row, batch.item(i));
          case QUERY ->
              ((VarCharVector) events.getVector("query"))
                  .setSafe(row, batch.query(i).getBytes(StandardCharsets.UTF_8));
        }
        row++;
      }
    }
    events.setRowCount(row);
  }
}
