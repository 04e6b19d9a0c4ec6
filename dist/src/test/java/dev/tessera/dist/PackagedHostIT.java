package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.dist.Installation.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The installation as users have it: every command in a JVM of its own, with the real plugins. */
class PackagedHostIT {

  private static final List<String> STEPS =
      List.of(
          "stats",
          "als_buy_add_categories",
          "als_visits",
          "lightfm",
          "next_sku",
          "gru_ae_day_event",
          "gru_ae_sku_text",
          "gru_ae_event_cat_price_sku_url",
          "gru_ae_week_event_cat_price_sku_url",
          "next_url",
          "search_llm",
          "smollm2_all_interactions",
          "profile");

  @TempDir static Path work;

  private static Installation tessera;

  @BeforeAll
  static void makeData() throws Exception {
    tessera = new Installation(work);
    Ended made = tessera.run("data", "synth", "shop", "--clients", "500");
    assertThat(made.code()).as(made.out()).isZero();
  }

  @Test
  void runsServesAndFetchesBackWhatItWrote() throws Exception {
    assertThat(quick("ws", "whole").code()).isZero();
    Ended again = quick("ws", "whole");
    assertThat(again.out()).contains("every result was cached");

    ServedRun.assertFetchedIsWhatWasWritten(tessera, work, "whole", "profile");
  }

  @Test
  void embedsAsTheRunDidWithoutTraining() throws Exception {
    assertThat(quick("ws", "trained").code()).isZero();
    Ended embedded = tessera.run("embed", "trained", "--out", "embedded", "--workspace", "ws");
    assertThat(embedded.code()).as(embedded.out()).isZero();
    assertSameResults("embedded", "trained");
  }

  @Test
  void goesOnAfterAKillInTheStoreAndInEachStepToTheSameBytes() throws Exception {
    assertThat(quick("ws-uninterrupted", "uninterrupted", SLOW).code()).isZero();
    for (String stage : List.of("stores", "steps", "steps-later")) {
      String workspace = "ws-killed-" + stage;
      String out = "killed-" + stage;
      Path log = work.resolve(out + ".txt");
      Process run = tessera.start(log, arguments(workspace, out, SLOW));
      awaitUnfinished(work.resolve(workspace), stage, run);
      run.destroyForcibly();
      assertThat(run.waitFor()).isEqualTo(137);
      assertThat(work.resolve(out).resolve("manifest.json")).doesNotExist();
      assertThat(work.resolve(out).resolve("embeddings_submit/profile")).doesNotExist();

      Ended resumed = quick(workspace, out, SLOW);
      assertThat(resumed.code()).as(resumed.out()).isZero();
      if (stage.equals("steps-later")) {
        assertThat(resumed.out()).contains("cached");
      }
      assertSameResults(out, "uninterrupted");
      try (Stream<Path> left = Files.list(work.resolve(workspace).resolve("steps"))) {
        assertThat(left).hasSize(STEPS.size());
      }
    }
  }

  /** Enough work in one step that a kill falls into it. */
  private static final String SLOW = "steps.als_visits.iterations=300";

  private static void awaitUnfinished(Path workspace, String stage, Process run)
      throws IOException, InterruptedException {
    while (run.isAlive()) {
      boolean reached =
          switch (stage) {
            case "stores" -> has(workspace.resolve("stores"), ".*tmp.*");
            case "steps" -> has(workspace.resolve("steps"), ".*aside.*");
            default ->
                has(workspace.resolve("steps"), "[0-9a-f]{32}")
                    && has(workspace.resolve("steps"), ".*aside.*");
          };
      if (reached) {
        return;
      }
      Thread.sleep(2);
    }
    throw new AssertionError("the run ended before " + stage + " was reached");
  }

  private static boolean has(Path folder, String name) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.anyMatch(child -> child.getFileName().toString().matches(name));
    }
  }

  @Test
  void leavesTheOthersResultsWhenAStepFails() throws Exception {
    Ended failed =
        tessera.run(
            "run",
            tessera.config("quick.yaml").toString(),
            "steps.profile.on-missing=error",
            "--plugins",
            "stats,als,merge",
            "--data",
            tessera.sample("online-retail").toString(),
            "--out",
            "failing",
            "--workspace",
            "ws-failing");
    assertThat(failed.code()).as(failed.out()).isEqualTo(1);
    assertThat(failed.out())
        .contains("skipped  als_visits: no events of its kinds: page_visit")
        .contains("FAILED   profile")
        .contains("als_visits");
    assertThat(work.resolve("failing/embeddings_submit/stats/embeddings.npy")).exists();
    assertThat(work.resolve("failing/embeddings_submit/profile")).doesNotExist();
  }

  /** Every value, bound by its plugin, as shipped and with each profile. */
  @Test
  void theConfigurationsThatAreShippedHold() throws Exception {
    try (Stream<Path> files = Files.list(tessera.config("quick.yaml").getParent())) {
      for (Path file : files.sorted().toList()) {
        String[] name = file.getFileName().toString().split("\\.");
        List<String> command = new ArrayList<>(List.of("config", "explain"));
        command.add(file.resolveSibling(name[0] + ".yaml").toString());
        if (name.length == 3) {
          command.addAll(List.of("--profile", name[1]));
        }
        Ended ended = tessera.run(command.toArray(String[]::new));
        assertThat(ended.code()).as(ended.out()).isZero();
      }
    }
  }

  @Test
  void saysInOneLineWhatIsWrongBeforeAnyWork() throws Exception {
    assertRefused(2, "factorz", "steps.als_visits.factorz=3");
    assertRefused(2, "nearest is 'factors'", "steps.als_visits.factorz=3");
    assertRefused(2, "1..1024", "steps.als_visits.factors=0");
    assertRefused(2, "stats", "steps.profile.inputs.0.step=stets");
    assertRefused(2, "itself", "steps.profile.inputs.0.step=profile");
    assertRefused(2, "no plugin 'statz': there are als, ", "steps.stats.plugin=statz");
    assertRefused(2, "no such folder", "data=nowhere");
    assertRefused(2, "device must be auto, cpu or cuda:N", "device=gpu");
    assertRefused(1, "device cuda:9999 was asked for", "device=cuda:9999", "data=nowhere");
    Path file = Files.writeString(work.resolve("a-file"), "x");
    assertRefused(1, "cannot be created", "out=" + file.getFileName() + "/below");
  }

  private static void assertRefused(int code, String why, String... overrides) throws Exception {
    Ended ended = quick("ws", "refused", overrides);
    assertThat(ended.code()).as(ended.out()).isEqualTo(code);
    assertThat(ended.lines()).as(ended.out()).singleElement().asString().contains(why);
  }

  private static Ended quick(String workspace, String out, String... overrides) throws Exception {
    return tessera.run(arguments(workspace, out, overrides));
  }

  private static String[] arguments(String workspace, String out, String... overrides) {
    return Stream.concat(
            Stream.of(
                "run",
                tessera.config("quick.yaml").toString(),
                "data=shop",
                "out=" + out,
                "workspace=" + workspace),
            Stream.of(overrides))
        .toArray(String[]::new);
  }

  private static void assertSameResults(String actual, String expected) throws IOException {
    for (String step : STEPS) {
      for (String file : List.of("client_ids.npy", "embeddings.npy", "embeddings.arrow")) {
        Path one = work.resolve(actual).resolve("embeddings_submit").resolve(step).resolve(file);
        Path other =
            work.resolve(expected).resolve("embeddings_submit").resolve(step).resolve(file);
        assertThat(Files.mismatch(one, other)).as(step + "/" + file).isEqualTo(-1);
      }
    }
  }
}
