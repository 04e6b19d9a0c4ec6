package dev.tessera.host.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.files.FileTree;
import dev.tessera.host.files.VersionLock;
import dev.tessera.host.flight.RunFixture;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.MappedEmbedding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationStoreTest {

  @TempDir Path folder;
  private PublicationStore store;
  private RunFolder run;

  @BeforeEach
  void writeARun() throws IOException {
    store = new PublicationStore(folder.resolve("store"));
    run = new RunFolder(RunFixture.write(folder.resolve("quick"), "stats", "profile"));
  }

  @Test
  void aPublishedVersionOutlivesItsRun() throws IOException {
    Publication first = store.publish(run, "profiles", false);
    FileTree.delete(run.path());

    assertThat(first.version()).isEqualTo(1);
    assertThat(first.source()).isEqualTo("quick");
    assertThat(first.dimensions()).containsEntry("stats", 2).containsEntry("profile", 2);
    EmbeddingFolder kept = first.run().step(Mode.SUBMIT, "profile");
    try (RootAllocator memory = new RootAllocator();
        MappedEmbedding mapped = MappedEmbedding.open(kept, "profile", memory)) {
      assertThat(mapped.embeddings().rows()).isEqualTo(1_000);
    }
    assertThat(store.publication("profiles", 1)).isEqualTo(first);
  }

  @Test
  void theNewestIsTheDefaultUntilRolledBackAndAgainAfterTheNextPublish() {
    for (int version = 1; version <= 3; version++) {
      assertThat(store.publish(run, "profiles", false).version()).isEqualTo(version);
      assertThat(store.defaultVersion("profiles")).contains(version);
    }
    store.rollback("profiles", 1);
    assertThat(store.defaultVersion("profiles")).contains(1);
    store.publish(run, "profiles", false);
    assertThat(store.defaultVersion("profiles")).contains(4);
  }

  @Test
  void aPointerWithoutATimeCountsButNotForThePastAndALineCutShortIsNone() throws IOException {
    store.publish(run, "profiles", false);
    Instant second = store.publish(run, "profiles", false).published();
    Path pointer = store.root().resolve("profiles/default");
    Files.writeString(pointer, "1 2\n");
    assertThat(store.defaultVersion("profiles")).contains(1);
    assertThat(store.defaultAt("profiles", second)).contains(2);
    store.rollback("profiles", 2);
    Files.writeString(pointer, "1 2 2026-", StandardOpenOption.APPEND);
    assertThat(store.defaultVersion("profiles")).contains(2);
    assertThat(store.defaultAt("profiles", second.minusSeconds(60))).isEmpty();
    assertThat(store.defaultAt("nobody", second)).isEmpty();
  }

  @Test
  void aRetiredVersionLosesItsFilesOnlyWhenNobodyHoldsItAndItsNumberIsNotGivenAgain()
      throws IOException {
    Publication first = store.publish(run, "profiles", false);
    store.publish(run, "profiles", false);
    try (VersionLock server = store.hold(first)) {
      assertThat(server.isHeld()).isTrue();
      store.retire("profiles", 1);
      store.clearRetired("profiles");
      assertThat(store.versions("profiles")).containsExactly(2);
      assertThat(first.run().manifestFile()).exists();
    }
    store.clearRetired(first);
    assertThat(list(first.folder())).containsExactly("retired");
    assertThat(store.isRetired("profiles", 1)).isTrue();
    store.retire("profiles", 2);
    assertThat(store.names()).isEmpty();
    assertThat(store.publish(run, "profiles", false).version()).isEqualTo(3);
  }

  @Test
  void theVersionThatClientsGetIsNotRetired() {
    store.publish(run, "profiles", false);
    store.publish(run, "profiles", false);
    assertRefused(
        () -> store.retire("profiles", 2),
        "profiles version 2 is what clients get now: roll back to another (1) or publish first");
    store.retire("profiles", 1);
    assertRefused(
        () -> store.rollback("profiles", 1),
        "profiles has no version 1 any more, it was retired; there are: 2");
  }

  @Test
  void anotherDimensionIsRefusedUnlessAllowedAndNothingIsLeftOfIt() throws IOException {
    store.publish(run, "profiles", false);
    Path step = run.step(Mode.SUBMIT, "profile").record();
    Files.writeString(step, Files.readString(step).replace("\"dimension\": 2", "\"dimension\": 3"));
    assertRefused(
        () -> store.publish(run, "profiles", false),
        "profile of quick has dimension 3, in profiles version 1 it has 2: "
            + "use another name; under this one it changes only by `tessera publish --allow-dimension-change`");
    assertThat(list(store.root().resolve("profiles"))).containsExactly("1");
    assertThat(store.publish(run, "profiles", true).version()).isEqualTo(2);
  }

  @Test
  void theNameAloneKeepsItsDimensionAlsoWhenItsStepIsAnother() throws IOException {
    RunFolder one = new RunFolder(RunFixture.write(folder.resolve("one"), "stats"));
    store.publish(one, "profiles", false);
    Path wide =
        RunFixture.write(
            folder.resolve("wide"),
            10,
            List.of("a", "b", "c"),
            (step, row, vector) -> vector[0] = row,
            "other");
    assertRefused(
        () -> store.publish(new RunFolder(wide), "profiles", false),
        "other of wide has dimension 3, in profiles version 1 it has 2");
  }

  @Test
  void theNameAloneMeansTheLastMergeOrTheOnlyStep() throws IOException {
    assertThat(store.publish(run, "two", false).main()).isEmpty();
    RunFolder one = new RunFolder(RunFixture.write(folder.resolve("one"), "stats"));
    assertThat(store.publish(one, "one", false).main()).contains("stats");
    Path record = run.step(Mode.SUBMIT, "profile").record();
    Files.writeString(
        record, Files.readString(record).replace("\"inputs\": []", "\"inputs\": [\"stats\"]"));
    assertThat(store.publish(run, "merged", false).main()).contains("profile");
  }

  @Test
  void manyPublishersAtOnceEachGetANumberOfTheirOwn() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> publishers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        publishers.add(() -> store.publish(run, "profiles", false).version());
      }
      List<Integer> numbers = new ArrayList<>();
      for (Future<Integer> number : threads.invokeAll(publishers)) {
        numbers.add(number.get());
      }
      assertThat(numbers)
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 24).boxed().toList());
    } finally {
      threads.shutdownNow();
    }
    assertThat(store.defaultVersion("profiles")).isEqualTo(Optional.of(24));
    assertThat(list(store.root().resolve("profiles"))).hasSize(24);
  }

  @Test
  void whatCannotBePublishedIsRefusedWithOneLine() throws IOException {
    assertRefused(() -> store.publish(run, "My Profiles", false), "must be lower case");
    RunFolder empty = new RunFolder(RunFixture.write(folder.resolve("empty")));
    assertRefused(() -> store.publish(empty, "profiles", false), "no step has a result");
    RunFolder none = new RunFolder(Files.createDirectory(folder.resolve("no")));
    assertRefused(() -> store.publish(none, "profiles", false), "holds no run");
    assertRefused(() -> store.rollback("profiles", 1), "nothing is published as 'profiles' in");
  }

  private static void assertRefused(Runnable act, String why) {
    assertThatThrownBy(act::run)
        .isInstanceOf(PluginException.class)
        .hasMessageContaining(why)
        .message()
        .hasLineCount(1);
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
