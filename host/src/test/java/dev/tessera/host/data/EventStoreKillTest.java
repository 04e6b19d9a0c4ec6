package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills a process in the middle of a build, as SIGKILL would, and builds again. */
class EventStoreKillTest {

  private static final int KILLED = 137;
  private static final int WAIT_SECONDS = 120;

  /** Checks for cancellation after which columns are read, or one table is written of five. */
  private static final int WHILE_READING = 25;

  private static final int WHILE_WRITING = 45;

  @TempDir private Path temp;

  /**
   * Builds a store, and halts the process without any clean-up at the n-th check for cancellation.
   */
  public static void main(String[] arguments) {
    int killAt = Integer.parseInt(arguments[2]);
    AtomicInteger checks = new AtomicInteger();
    try (HostMemory memory = HostMemory.withLimit(1L << 30)) {
      StoreOptions options =
          new StoreOptions(
              memory.work(),
              1,
              ProgressDisplay.silent(),
              () -> {
                if (checks.incrementAndGet() == killAt) {
                  Runtime.getRuntime().halt(KILLED);
                }
                return false;
              });
      EventStore.open(
              new DataSource(Path.of(arguments[0]), Mode.SUBMIT), Path.of(arguments[1]), options)
          .close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {WHILE_READING, WHILE_WRITING})
  void aKilledBuildLeavesNothingThatLooksWholeAndTheNextGivesTheSameBytes(int killAt)
      throws IOException, InterruptedException {
    Path data = temp.resolve("shop");
    Path workspace = temp.resolve("workspace");
    ShopFixture.random(data, 500, 5);
    assertThat(runToTheKill(data, workspace, killAt)).isEqualTo(KILLED);
    List<String> left = names(workspace.resolve("stores"));
    assertThat(left).hasSize(1).allMatch(name -> name.contains(".tmp-"));
    List<String> files = names(workspace.resolve("stores").resolve(left.get(0)));
    assertThat(files).doesNotContain("store.json", "offsets.arrow");
    assertThat(files.stream().anyMatch(name -> name.equals("product_buy.arrow")))
        .isEqualTo(killAt == WHILE_WRITING);

    Map<String, byte[]> resumed = build(data, workspace);
    assertThat(names(workspace.resolve("stores"))).hasSize(1).noneMatch(n -> n.contains(".tmp-"));
    assertThat(resumed).containsExactlyEntriesOf(build(data, temp.resolve("uninterrupted")));
  }

  @Test
  void removesWhatEndedProcessesLeftAndNothingElse() throws IOException {
    Path data = temp.resolve("shop");
    ShopFixture.minimal(data);
    long living = ProcessHandle.current().parent().orElseThrow().pid();
    long ended = Long.MAX_VALUE / 10_000;
    Path stores = temp.resolve("workspace/stores");
    Path other = stores.resolve("0123.tmp-" + living + "-1");
    Path leftOver = stores.resolve("0123.tmp-" + ended + "-1");
    Path reused = stores.resolve("4567.tmp-" + living + "-1");
    Files.createDirectories(leftOver);
    Files.createDirectories(reused);
    Files.setLastModifiedTime(reused, FileTime.fromMillis(0));
    Files.createDirectories(other);
    build(data, temp.resolve("workspace"));
    assertThat(other).exists();
    assertThat(leftOver).doesNotExist();
    assertThat(reused).as("made before that process started").doesNotExist();
  }

  private static Map<String, byte[]> build(Path data, Path workspace) throws IOException {
    try (HostMemory memory = HostMemory.withLimit(1L << 30);
        EventStore store =
            EventStore.open(
                new DataSource(data, Mode.SUBMIT), workspace, StoreOptions.of(memory.work()))) {
      return EventStoreTest.contents(store.directory());
    }
  }

  private static int runToTheKill(Path data, Path workspace, int killAt)
      throws IOException, InterruptedException {
    Process process =
        ChildJvm.of(
                List.of(),
                EventStoreKillTest.class,
                data.toString(),
                workspace.toString(),
                String.valueOf(killAt))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
