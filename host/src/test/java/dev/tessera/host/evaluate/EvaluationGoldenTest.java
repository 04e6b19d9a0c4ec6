package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Scores of the network against those of the organisers' code on the same embeddings. */
class EvaluationGoldenTest {

  @TempDir Path folder;

  @Test
  void theSmallNetworkScoresAsTheOrganisers() throws IOException {
    assertScores(
        "scores_256_512.json", ProbeKind.SMALL, "stat_standardised", "noise", "als_normalised");
  }

  @Test
  @EnabledIfSystemProperty(
      named = "tessera.full",
      matches = "true",
      disabledReason = "takes minutes; -Dtessera.full=true runs it")
  void theFullNetworkScoresAsTheOrganisers() throws IOException {
    assertScores("scores_2048_4096.json", ProbeKind.FULL, "stat_standardised", "noise");
  }

  private void assertScores(String file, ProbeKind probe, String... embeddings) throws IOException {
    Path golden = GoldenData.golden("evaluate");
    JsonNode expected = new ObjectMapper().readTree(golden.resolve(file).toFile());
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE)) {
      TargetFolder targets =
          TargetFolder.read(ReferenceData.split(folder.resolve("raw")), memory.work());
      Evaluations evaluations =
          new Evaluations(
              targets,
              new Evaluations.Options(
                  Task.all(), probe, 3, "cpu", 2, () -> false, ProgressDisplay.silent()));
      for (String name : embeddings) {
        EvaluationResult result =
            evaluations.evaluate(
                EmbeddingMatrix.open(
                    name, golden.resolve("client_ids.npy"), golden.resolve(name + ".npy")));
        for (TaskResult task : result.tasks()) {
          JsonNode wanted = expected.get(name).get(task.task());
          double tolerance = 3 * wanted.get("score_sd").asDouble() + 0.01;
          assertThat(task.score())
              .as("%s, %s", name, task.task())
              .isCloseTo(wanted.get("score_mean").asDouble(), within(tolerance));
        }
      }
    }
  }
}
