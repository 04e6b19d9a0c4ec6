package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.LiveRequest;
import dev.tessera.client.VersionChoice;
import dev.tessera.host.data.EventsFixture;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClient.ExchangeReaderWriter;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live embedding by the models of published versions, which come and go. */
@SuppressWarnings("try") // an interrupt while a call is closed would fail the test, rightly
class StoreLiveTest {

  @TempDir static Path shared;

  private static Path once;
  private static Path thrice;

  @TempDir Path folder;

  private final AtomicInteger opened = new AtomicInteger();
  private final List<Path> openedRuns = new CopyOnWriteArrayList<>();
  private PluginRegistry plugins;
  private BufferAllocator models;
  private StoreUnderTest tested;

  @BeforeAll
  static void trainTwoRuns() throws IOException {
    LivePlugins.write(shared.resolve("plugins"));
    String steps =
        """
        steps:
          a: {plugin: digest, factor: %s}
          both: {plugin: beside, inputs: [a, a]}
        """;
    once = LivePlugins.train(shared, "once", steps.formatted("1.0"));
    thrice = LivePlugins.train(shared, "thrice", steps.formatted("3.0"));
  }

  @BeforeEach
  void start() {
    plugins = PluginRegistry.load(List.of(shared.resolve("plugins")));
    tested =
        new StoreUnderTest(
            folder,
            Authentication.open(),
            Optional.of(
                run -> {
                  LiveRun live =
                      LiveRun.open(
                          run, plugins, new LiveRun.Options(Optional.empty(), 1, "cpu"), models());
                  opened.incrementAndGet();
                  openedRuns.add(run);
                  return live;
                }));
  }

  private synchronized BufferAllocator models() {
    if (models == null) {
      models = tested.root.newChildAllocator("models", 0, Long.MAX_VALUE);
    }
    return models;
  }

  @AfterEach
  void stopAndFailOnBytesLeft() throws InterruptedException {
    tested.catalog.close();
    if (models != null) {
      models.close();
    }
    tested.close();
    plugins.close();
  }

  @Test
  void embedsByTheDefaultVersionAndFollowsPublishesAndRollBacks() throws Exception {
    publish(once);
    assertThat(events("profiles", VersionChoice.DEFAULT)).isEqualTo(50);
    assertThat(events("profiles/a", VersionChoice.DEFAULT)).isEqualTo(50);
    publish(thrice);
    assertThat(events("profiles", VersionChoice.DEFAULT)).isEqualTo(150);
    tested.store.rollback("profiles", 1);
    Eventually.holds(() -> assertThat(events("profiles", VersionChoice.DEFAULT)).isEqualTo(50));
    assertThat(openedRuns)
        .as("each default's models are opened once, and kept for the calls")
        .hasSize(3);
  }

  @Test
  void anotherVersionsModelsAreOpenedForACallAndClosedAfterIt() throws Exception {
    publish(once);
    publish(thrice);
    int before = opened.get();
    assertThat(events("profiles", VersionChoice.number(1))).isEqualTo(50);
    assertThat(opened).hasValue(before + 1);
    assertThat(events("profiles", VersionChoice.number(2))).isEqualTo(150);
    assertThat(opened).as("those of the default are open already").hasValue(before + 1);
  }

  @Test
  void aCallEndsOnTheVersionItBeganWithAlthoughThatIsRetiredMeanwhile() throws Exception {
    publish(once);
    try (VectorSchemaRoot batch = batch();
        ExchangeReaderWriter call =
            tested.client.doExchange(LiveRequest.of("profiles").descriptor())) {
      call.getWriter().start(batch);
      assertThat(answer(call)).isEqualTo(50);
      publish(thrice);
      tested.store.retire("profiles", 1);
      tested.catalog.refresh();
      tested.store.clearRetired("profiles");
      assertThat(events("profiles", VersionChoice.DEFAULT)).isEqualTo(150);
      assertThat(answer(call)).isEqualTo(50);
      assertThat(call.getReader().getSchema().getCustomMetadata())
          .containsEntry("tessera.version", "1")
          .containsEntry("tessera.embedding", "profiles");
      call.getWriter().completed();
      assertThat(call.getReader().next()).isFalse();
    }
    Eventually.holds(
        () -> assertThat(folder.resolve("store/profiles/1/manifest.json")).doesNotExist());
  }

  @Test
  void aVersionOfVectorsAloneSaysWhatIsNeededAndTheOthersGoOn() throws Exception {
    publish(once);
    Path run = RunFixture.write(folder.resolve("vectors"), "both");
    tested.store.publish(new RunFolder(run), "vectors", false);
    tested.catalog.refresh();
    refused(
        LiveRequest.of("vectors"),
        "vectors of vectors version 1 cannot embed events: it holds vectors and no model (vectors):"
            + " publish a run whose steps have their models");
    refused(
        new LiveRequest("profiles", VersionChoice.number(7)),
        "profiles has no version 7; there are: 1");
    refused(LiveRequest.of("nobody"), "there are: profiles, profiles/a, profiles/both, vectors");
    assertThat(events("profiles", VersionChoice.DEFAULT)).isEqualTo(50);
  }

  @Test
  void aStepWhoseModelIsGoneSaysSoAndTheOthersEmbed() throws Exception {
    publish(once);
    Path model = folder.resolve("store/profiles/1/embeddings_submit/both/model");
    assertThat(model).isDirectory();
    tested.catalog.close(); // lets the models go
    Files.delete(model);
    try (StoreCatalog again =
        StoreCatalog.open(
            tested.store,
            Optional.of(
                path ->
                    LiveRun.open(
                        path, plugins, new LiveRun.Options(Optional.empty(), 1, "cpu"), models())),
            tested.mapped)) {
      assertThatThrownBy(() -> again.leaseModels("profiles", VersionChoice.DEFAULT))
          .hasMessageContaining(
              "profiles of profiles version 1 cannot embed events: it has no saved model");
      try (LiveLease lease = again.leaseModels("profiles/a", VersionChoice.DEFAULT).orElseThrow()) {
        assertThat(lease.version()).isEqualTo("1");
      }
    }
  }

  @Test
  void aPluginThatThrowsWhileItsModelIsOpenedHidesNoVectors() throws Exception {
    publish(once);
    tested.catalog.close();
    ModelOpener broken =
        path -> {
          throw new IllegalStateException("a plugin's fault");
        };
    try (StoreCatalog again = StoreCatalog.open(tested.store, Optional.of(broken), tested.mapped)) {
      assertThat(again.names()).contains("profiles", "profiles/a");
      again.lease("profiles", VersionChoice.DEFAULT).orElseThrow().close();
      assertThatThrownBy(() -> again.leaseModels("profiles", VersionChoice.DEFAULT))
          .hasMessage("a plugin's fault");
    }
  }

  private void publish(Path run) {
    tested.store.publish(new RunFolder(run), "profiles", false);
    tested.catalog.refresh();
  }

  private VectorSchemaRoot batch() {
    return EventsFixture.random(50, 3, 7).batch(tested.clientMemory);
  }

  /** The first column, which counts the events, times the factor of the version. */
  private float events(String name, VersionChoice version) {
    try (VectorSchemaRoot batch = batch();
        ExchangeReaderWriter call =
            tested.client.doExchange(new LiveRequest(name, version).descriptor())) {
      call.getWriter().start(batch);
      float value = answer(call);
      call.getWriter().completed();
      assertThat(call.getReader().next()).isFalse();
      return value;
    } catch (FlightRuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static float answer(FlightClient.ExchangeReaderWriter call) {
    call.getWriter().putNext();
    assertThat(call.getReader().next()).isTrue();
    EmbeddingRows rows = EmbeddingRows.of(call.getReader().getRoot());
    float[] vector = new float[rows.embeddings().getListSize()];
    rows.copyVector(0, vector);
    return vector[0];
  }

  private void refused(LiveRequest request, String message) {
    assertThatThrownBy(() -> events(request.step(), request.version()))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND))
        .hasMessageContaining(message);
  }
}
