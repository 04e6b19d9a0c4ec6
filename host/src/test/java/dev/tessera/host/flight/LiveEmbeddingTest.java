package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.LiveRequest;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.config.MemoryLimit;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventsFixture;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.pipeline.EmbedRequest;
import dev.tessera.host.pipeline.EmbedSession;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.plugin.PluginRegistry;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.store.MappedEmbedding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events in, vectors out, against `tessera embed` on the same events. */
@SuppressWarnings("try") // closing a call may be interrupted: the test then fails
class LiveEmbeddingTest {

  private static final String HOST = "127.0.0.1";

  @TempDir static Path shared;

  private static Path run;

  private final RootAllocator root = new RootAllocator();
  private final BufferAllocator clientMemory = root.newChildAllocator("client", 0, Long.MAX_VALUE);
  private final BufferAllocator serverMemory = root.newChildAllocator("server", 0, Long.MAX_VALUE);
  private final BufferAllocator modelMemory = root.newChildAllocator("models", 0, Long.MAX_VALUE);
  private PluginRegistry plugins;
  private LiveRun live;
  private EmbeddingFlightServer server;
  private EmbeddingFlightClient client;

  @BeforeAll
  static void trainARun() throws IOException {
    LivePlugins.write(shared.resolve("plugins"));
    run =
        LivePlugins.train(
            shared,
            "run",
            """
            steps:
              a: {plugin: digest}
              b: {plugin: digest, factor: 2.0}
              both: {plugin: beside, inputs: [b, a]}
            """);
  }

  @BeforeEach
  void start() {
    plugins = PluginRegistry.load(List.of(shared.resolve("plugins")));
    live = LiveRun.open(run, plugins, new LiveRun.Options(Optional.empty(), 2, "cpu"), modelMemory);
    server =
        EmbeddingFlightServer.start(
            new EmbeddingCatalog(List.of()),
            new LiveCatalog(Map.of("", live)),
            HOST,
            0,
            ServerOptions.OPEN,
            serverMemory);
    client = new EmbeddingFlightClient(new ServerAddress(HOST, server.port()), clientMemory);
  }

  @AfterEach
  void stopAndFailOnBytesLeft() {
    System.clearProperty(LivePlugins.BLOCKED);
    client.close();
    server.close();
    live.close();
    plugins.close();
    clientMemory.close();
    serverMemory.close();
    modelMemory.close();
    root.close();
  }

  @Test
  void embedsAsTheCommandDoesOnTheSameEventsBitForBit() throws IOException {
    EventsFixture events =
        EventsFixture.random(2_000, 2, 3, 1_000, -5, Long.MAX_VALUE, 17, Long.MIN_VALUE);
    Map<Long, List<Float>> wanted = embedByCommand(events);

    assertThat(embed("both", events)).containsExactlyEntriesOf(inOrder(wanted, events.clients()));
    for (long one : events.clients()) {
      assertThat(embed("both", events.of(id -> id == one)).get(one)).isEqualTo(wanted.get(one));
    }
  }

  @Test
  void textsMayBeDictionaryEncodedAsSomeLibrariesMakeThem() throws Exception {
    EventsFixture events = EventsFixture.random(2_000, 2, 3, 1_000, 17);
    Map<Long, List<Float>> wanted = embed("both", events);
    DictionaryProvider.MapDictionaryProvider dictionaries =
        new DictionaryProvider.MapDictionaryProvider();
    try (VectorSchemaRoot batch = events.batch(clientMemory)) {
      List<FieldVector> columns = new ArrayList<>();
      for (FieldVector column : batch.getFieldVectors()) {
        if (column instanceof VarCharVector texts) {
          Dictionary dictionary = dictionary(texts, dictionaries.getDictionaryIds().size() + 1);
          dictionaries.put(dictionary);
          columns.add((FieldVector) DictionaryEncoder.encode(texts, dictionary));
        } else {
          columns.add(column);
        }
      }
      assertThat(dictionaries.getDictionaryIds()).hasSizeGreaterThanOrEqualTo(2);
      Map<Long, List<Float>> rows = new LinkedHashMap<>();
      try (FlightClient plain = flight();
          VectorSchemaRoot encoded = new VectorSchemaRoot(columns);
          FlightClient.ExchangeReaderWriter call =
              plain.doExchange(LiveRequest.of("both").descriptor())) {
        call.getWriter().start(encoded, dictionaries);
        call.getWriter().putNext();
        call.getWriter().completed();
        while (call.getReader().next()) {
          add(EmbeddingRows.of(call.getReader().getRoot()), rows);
        }
      }
      assertThat(rows).containsExactlyEntriesOf(wanted);
    } finally {
      dictionaries.close();
    }
  }

  /** The distinct texts of a column. */
  private Dictionary dictionary(VarCharVector texts, long id) {
    VarCharVector distinct = new VarCharVector("distinct", clientMemory);
    Set<String> values = new TreeSet<>();
    for (int row = 0; row < texts.getValueCount(); row++) {
      if (!texts.isNull(row)) {
        values.add(texts.getObject(row).toString());
      }
    }
    for (String value : values) {
      distinct.setSafe(distinct.getValueCount(), value.getBytes(StandardCharsets.UTF_8));
      distinct.setValueCount(distinct.getValueCount() + 1);
    }
    return new Dictionary(
        distinct, new DictionaryEncoding(id, false, new ArrowType.Int(Integer.SIZE, true)));
  }

  @Test
  void embedsWithAnyStepAndNeedsOnlyThoseItReads() {
    EventsFixture events = EventsFixture.random(50, 3, 7);
    List<Float> a = embed("a", events).get(7L);
    List<Float> both = embed("both", events).get(7L);
    assertThat(a.get(0)).isEqualTo(50);
    for (int column = 0; column < a.size(); column++) {
      assertThat(both.get(column)).isEqualTo(2 * a.get(column));
      assertThat(both.get(6 + column)).isEqualTo(a.get(column));
    }
  }

  @Test
  void answersBatchAfterBatchOnOneCallAndManyRowsInSeveralMessages() throws Exception {
    long[] clients = LongStream.range(0, 9_000).map(i -> 9_000 - i).toArray();
    EventsFixture many = new EventsFixture();
    LongStream.of(clients).forEach(id -> many.add(EventKind.PAGE_VISIT, id, id, id % 7));
    assertThat(embed("both", many).keySet())
        .containsExactly(LongStream.of(clients).boxed().toArray(Long[]::new));

    try (FlightClient plain = flight();
        VectorSchemaRoot batch = EventsFixture.random(30, 4, 1, 2, 3).batch(clientMemory);
        FlightClient.ExchangeReaderWriter call =
            plain.doExchange(LiveRequest.of("both").descriptor())) {
      call.getWriter().start(batch);
      for (int sent = 0; sent < 3; sent++) {
        call.getWriter().putNext();
        assertThat(call.getReader().next()).isTrue();
        assertThat(call.getReader().getRoot().getRowCount()).isEqualTo(3);
        assertThat(call.getReader().getSchema().getCustomMetadata())
            .containsEntry("tessera.embedding", "both");
      }
      call.getWriter().completed();
      assertThat(call.getReader().next()).isFalse();
    }
  }

  @Test
  void manyThreadsShareTheModelsOneAfterTheOther() {
    EventsFixture events = EventsFixture.random(300, 5, 1, 2, 3);
    Map<Long, List<Float>> wanted = embed("both", events);
    List<CompletableFuture<Void>> calls =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int round = 0; round < 20; round++) {
                            assertThat(embed("both", events)).containsExactlyEntriesOf(wanted);
                          }
                        }))
            .toList();
    calls.forEach(CompletableFuture::join);
  }

  @Test
  void lanesWorkSideBySideAndGiveTheSameBits() throws Exception {
    EventsFixture events = EventsFixture.random(300, 5, 1, 2, 3);
    Map<Long, List<Float>> wanted = embed("both", events);
    server.close();
    live.close();
    LiveRun.Options twoLanes = new LiveRun.Options(Optional.empty(), 1, "cpu", 2);
    live = LiveRun.open(run, plugins, twoLanes, modelMemory);
    server =
        EmbeddingFlightServer.start(
            new EmbeddingCatalog(List.of()),
            new LiveCatalog(Map.of("", live)),
            HOST,
            0,
            ServerOptions.OPEN,
            serverMemory);
    System.setProperty(LivePlugins.BLOCKED, "");
    List<CompletableFuture<Map<Long, List<Float>>>> calls =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> embed("both", events), task -> new Thread(task).start()))
            .toList();
    Eventually.holds(() -> assertThat(live.busyLanes()).isEqualTo(2));
    System.clearProperty(LivePlugins.BLOCKED);
    for (CompletableFuture<Map<Long, List<Float>>> call : calls) {
      assertThat(call.get(30, TimeUnit.SECONDS)).containsExactlyEntriesOf(wanted);
    }
  }

  @Test
  void aClientThatGivesUpEndsTheWorkAndTheNextIsServed() throws Exception {
    System.setProperty(LivePlugins.BLOCKED, "");
    EventsFixture events = EventsFixture.random(10, 6, 1);
    try (FlightClient plain = flight();
        VectorSchemaRoot batch = events.batch(clientMemory)) {
      FlightClient.ExchangeReaderWriter call = plain.doExchange(LiveRequest.of("a").descriptor());
      call.getWriter().start(batch);
      call.getWriter().putNext();
      Eventually.holds(() -> assertThat(live.busyLanes()).isEqualTo(1));
      call.getReader().cancel("enough", null);
      call.close();
      Eventually.holds(() -> assertThat(live.busyLanes()).isZero());
    }
    System.clearProperty(LivePlugins.BLOCKED);
    assertThat(embed("a", events)).hasSize(1);
    Eventually.holds(() -> assertThat(serverMemory.getAllocatedMemory()).isZero());
  }

  @Test
  void moreCallsThanMayWaitAreRefusedAndTheOthersAnswered() throws Exception {
    System.setProperty(LivePlugins.BLOCKED, "");
    EventsFixture events = EventsFixture.random(10, 6, 1);
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return embed("a", events).size() + " row";
                } catch (PluginException e) {
                  return e.getMessage();
                }
              },
              task -> new Thread(task).start()));
    }
    Eventually.holds(
        () -> assertThat(calls.stream().filter(CompletableFuture::isDone)).hasSize(40 - 33));
    System.clearProperty(LivePlugins.BLOCKED);
    List<String> answers = new ArrayList<>();
    for (CompletableFuture<String> call : calls) {
      answers.add(call.get(30, TimeUnit.SECONDS));
    }
    assertThat(answers.stream().filter("1 row"::equals)).hasSize(33);
    assertThat(answers.stream().filter(text -> text.contains("too many live calls wait")))
        .hasSize(7);
  }

  @Test
  void saysWhatIsWrongWithEventsNamesAndServers() {
    EventsFixture events = EventsFixture.random(10, 6, 1);
    refused("nobody", events, "no step 'nobody' here to embed events with; there are: a, b, both");
    refused("both", new EventsFixture(), "wanted at least one event in a batch, found none");
    EventsFixture crowd = new EventsFixture();
    LongStream.range(0, 10_001).forEach(id -> crowd.add(EventKind.PAGE_VISIT, id, id, 1));
    refused("both", crowd, "wanted events of at most 10,000 clients in a batch, found 10,001");
    try (VectorSchemaRoot batch = events.batch(clientMemory);
        VectorSchemaRoot fewer = VectorSchemaRoot.of(batch.getVector("client_id"))) {
      fewer.setRowCount(batch.getRowCount());
      assertThatThrownBy(() -> client.embed("both", fewer, rows -> {}))
          .hasMessageContaining("wanted the columns client_id int64, timestamp")
          .hasMessageContaining("found client_id int64");
    }
    try (FlightClient plain = flight();
        VectorSchemaRoot batch = events.batch(clientMemory);
        FlightClient.ExchangeReaderWriter call =
            plain.doExchange(LiveRequest.of("both").descriptor())) {
      call.getWriter().start(batch);
      call.getWriter().completed();
      assertThatThrownBy(() -> call.getReader().next())
          .hasMessageContaining("wanted at least one batch of events, the call had none");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    EmbeddingFlightServer silent =
        EmbeddingFlightServer.start(
            new EmbeddingCatalog(List.of()), HOST, 0, ServerOptions.OPEN, serverMemory);
    try (silent;
        EmbeddingFlightClient other =
            new EmbeddingFlightClient(new ServerAddress(HOST, silent.port()), clientMemory);
        VectorSchemaRoot batch = events.batch(clientMemory)) {
      assertThatThrownBy(() -> other.embed("both", batch, rows -> {}))
          .hasMessageContaining(
              "this server embeds no events: start it with 'tessera serve … --live'");
    }
  }

  @Test
  void aStepWithoutAModelAndThoseThatReadItSayWhyAndARunWithoutModelsIsRefused()
      throws IOException {
    Path some = shared.resolve("some");
    copy(run, some);
    remove(some.resolve("embeddings_submit/b/model"));
    try (LiveRun partly =
        LiveRun.open(some, plugins, new LiveRun.Options(Optional.empty(), 1, "cpu"), modelMemory)) {
      assertThat(partly.steps()).extracting(step -> step.name()).containsExactly("a");
      assertThat(partly.missing())
          .containsEntry("both", "it reads b, which has no saved model")
          .hasEntrySatisfying("b", why -> assertThat(why).contains("no saved model"));
    }
    remove(some.resolve("embeddings_submit/a/model"));
    remove(some.resolve("embeddings_submit/both/model"));
    assertThatThrownBy(
            () ->
                LiveRun.open(
                    some, plugins, new LiveRun.Options(Optional.empty(), 1, "cpu"), modelMemory))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT))
        .hasMessageContaining("no step has a saved model to embed with");
  }

  private void refused(String name, EventsFixture events, String message) {
    assertThatThrownBy(() -> embed(name, events))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private FlightClient flight() {
    return FlightClient.builder(clientMemory, Location.forGrpcInsecure(HOST, server.port()))
        .build();
  }

  private Map<Long, List<Float>> embed(String name, EventsFixture events) {
    Map<Long, List<Float>> rows = new LinkedHashMap<>();
    try (VectorSchemaRoot batch = events.batch(clientMemory);
        EmbeddingFlightClient own =
            new EmbeddingFlightClient(new ServerAddress(HOST, server.port()), clientMemory)) {
      own.embed(name, batch, answer -> add(answer, rows));
    }
    return rows;
  }

  private static void add(EmbeddingRows answer, Map<Long, List<Float>> rows) {
    for (int row = 0; row < answer.size(); row++) {
      float[] vector = new float[answer.embeddings().getListSize()];
      answer.copyVector(row, vector);
      rows.put(answer.clientId(row), list(vector));
    }
  }

  private static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static Map<Long, List<Float>> inOrder(Map<Long, List<Float>> rows, long[] clients) {
    Map<Long, List<Float>> ordered = new LinkedHashMap<>();
    LongStream.of(clients).forEach(id -> ordered.put(id, rows.get(id)));
    return ordered;
  }

  private Map<Long, List<Float>> embedByCommand(EventsFixture events) throws IOException {
    Path data = Files.createDirectories(shared.resolve("later"));
    events.write(data);
    EventsFixture.writeProducts(data);
    EmbedRequest request =
        new EmbedRequest(
            run,
            shared.resolve("embedded"),
            Optional.of(data),
            Optional.empty(),
            Optional.of(ClientSelection.of(events.clients())),
            shared.resolve("ws"),
            List.of(shared.resolve("plugins")),
            2,
            new DeviceName("cpu"),
            MemoryLimit.USUAL,
            ProgressDisplay.silent(),
            () -> false,
            outcome -> {});
    assertThat(new EmbedSession(request, "test").execute().isComplete()).isTrue();
    Map<Long, List<Float>> rows = new LinkedHashMap<>();
    try (MappedEmbedding embedded =
        MappedEmbedding.open(
            new RunFolder(shared.resolve("embedded")).step(Mode.SUBMIT, "both"), "both", root)) {
      for (EmbeddingBatch batch : embedded.embeddings().batches()) {
        for (int row = 0; row < batch.rows(); row++) {
          float[] vector = new float[batch.dimension()];
          batch.copyRow(row, vector);
          rows.put(batch.clientIds().get(row), list(vector));
        }
      }
    }
    return rows;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path));
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
