package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.host.cli.Main;
import dev.tessera.host.fetch.EmbeddingFetch;
import dev.tessera.host.fetch.FetchEffort;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.progress.WatchingDisplay;
import io.grpc.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.flight.CallStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches that are told to stop in their midst: in this process, and the command in its own. */
class EndedFetchTest {

  private static final int ROWS = 60_000;
  private static final int DIMENSION = 256;

  /** 62 MB at some 3 MB a second. */
  private static final long PAUSE_MILLIS = 20;

  private static final FetchEffort EFFORT = new FetchEffort(5, 2, Duration.ofMillis(200));

  @TempDir Path folder;

  /** In mid-stream, with messages under way. */
  @Test
  void aFetchThatIsEndedLeavesNoFileAndNoMemory() throws Exception {
    long[] clients = LongStream.range(0, ROWS).toArray();
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION)) {
      for (String name : List.of("cut.npy", "cut.arrow", "cut.parquet")) {
        for (Optional<long[]> ids : List.of(Optional.<long[]>empty(), Optional.of(clients))) {
          assertEndsInMidStream(tested, folder.resolve(name), ids);
          assertThat(names(folder)).isEmpty();
          assertThat(tested.clientMemory.getAllocatedMemory()).isZero();
        }
      }
      Eventually.holds(() -> assertThat(tested.batchesInFlight()).isZero());
    }
  }

  private static void assertEndsInMidStream(
      ServerUnderTest tested, Path file, Optional<long[]> clients) {
    EmbeddingRequest request = EmbeddingRequest.whole("profile");
    try (Context.CancellableContext calls = Context.current().withCancellation()) {
      ProgressDisplay ending = new WatchingDisplay(rows -> calls.cancel(null));
      EmbeddingFetch fetch = new EmbeddingFetch(tested.client, tested.clientMemory, ending, EFFORT);
      assertThatThrownBy(() -> calls.run(() -> fetch.fetch(request, clients, file)))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }
  }

  @Test
  void anEndIsNotWaitedForUntilTheNextTry() {
    FetchEffort hours = new FetchEffort(3, 1, Duration.ofHours(1));
    RuntimeException away = CallStatus.UNAVAILABLE.withDescription("away").toRuntimeException();
    try (Context.CancellableContext calls = Context.current().withCancellation()) {
      assertThatThrownBy(
              () ->
                  calls.run(
                      () ->
                          hours.run(
                              () -> {
                                throw new PluginException(ErrorCode.UNAVAILABLE, "away", away);
                              },
                              notice -> calls.cancel(null))))
          .hasMessage("the fetch was ended");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"some.npy", "some.arrow", "some.parquet"})
  void sigtermLeavesNothingOfTheFile(String name) throws Exception {
    assertNothingIsLeft("TERM", 143, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"some.npy", "some.arrow", "some.parquet"})
  void ctrlCLeavesNothingOfALookUp(String name) throws Exception {
    Path ids = folder.resolve("ids.txt");
    Files.write(ids, LongStream.range(0, ROWS).mapToObj(Long::toString).toList());
    assertNothingIsLeft("INT", 130, name, "--clients", ids.toString());
    Files.delete(ids);
  }

  private void assertNothingIsLeft(String signal, int code, String name, String... more)
      throws Exception {
    Path out = Files.createDirectory(folder.resolve("out"));
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION);
        UnreliableWire wire = new UnreliableWire(tested.server.port(), PAUSE_MILLIS)) {
      String[] fetch = {
        "fetch",
        "grpc://" + ServerUnderTest.HOST + ":" + wire.port(),
        "profile",
        "--out",
        out.resolve(name).toString()
      };
      String[] arguments = Stream.concat(Stream.of(fetch), Stream.of(more)).toArray(String[]::new);
      Process process =
          ChildJvm.of(
                  List.of("-Xmx256m", "-Dslf4j.internal.verbosity=ERROR"), Main.class, arguments)
              .redirectErrorStream(true)
              .start();
      try {
        awaitRows(process, out.resolve(name + ".tmp"));
        kill(signal, process);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(text).doesNotContain("without waiting", "fault of Tessera");
        assertThat(process.exitValue()).as(text).isEqualTo(code);
      } finally {
        process.destroyForcibly();
      }
    }
    assertThat(names(out)).isEmpty();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Parquet keeps rows in memory for a while, so the file's size says nothing. */
  private static void awaitRows(Process process, Path aside) throws InterruptedException {
    while (!Files.exists(aside)) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(20);
    }
    Thread.sleep(1_000);
  }

  private static void kill(String signal, Process process)
      throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor())
        .isZero();
  }
}
