package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.evaluate.Comparison.Contribution;
import dev.tessera.host.evaluate.Comparison.Entry;
import dev.tessera.host.evaluate.Comparison.Kind;
import dev.tessera.host.evaluate.EvaluationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run compared with its parts. */
class CompareCommandTest {

  @TempDir static Path folder;
  private static JudgedRun judged;

  @BeforeAll
  static void makeRun() throws IOException {
    judged = JudgedRun.write(folder);
  }

  @Test
  void ranksEmbeddingsMergeLeaveOneOutAndBaseline() throws IOException {
    CommandRun run =
        CommandRun.of(
            "compare", judged.run(), "--workspace", folder.resolve("workspace"), "--json");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("entries")).hasSize(6);

    Comparison comparison = Comparison.read(judged.run()).orElseThrow();
    List<EvaluationResult> ranked = comparison.entries().stream().map(Entry::result).toList();
    for (int i = 1; i < ranked.size(); i++) {
      assertThat(ranked.get(i).sum()).isLessThanOrEqualTo(ranked.get(i - 1).sum());
    }
    assertThat(ranked.get(ranked.size() - 1).embedding()).isIn("noise", "profile without counts");
    assertThat(comparison.entries(Kind.BASELINE).get(0).result().dimension()).isGreaterThan(100);
    assertThat(comparison.entries(Kind.MERGE_WITHOUT)).hasSize(2);
    assertThat(comparison.keys()).containsEntry("profile", "key of profile").hasSize(3);

    // without an input a merge of columns side by side is the other input
    double without = sum(comparison, "profile without noise");
    assertThat(without).isCloseTo(sum(comparison, "counts"), within(1e-9));
    Contribution counts = comparison.contributions().get(0);
    assertThat(counts.input()).isEqualTo("counts");
    assertThat(counts.doesNotPay()).isFalse();
    assertThat(counts.isUncertain()).isFalse();
    assertThat(counts.gain())
        .isCloseTo(
            sum(comparison, "profile") - sum(comparison, "profile without counts"), within(1e-9));
    Contribution noise = comparison.contributions().get(1);
    assertThat(noise.gain()).isCloseTo(sum(comparison, "profile") - without, within(1e-9));
  }

  @Test
  void saysWhichInputsDoNotPay() {
    CommandRun run =
        CommandRun.of(
            "compare",
            judged.run(),
            "--workspace",
            folder.resolve("workspace"),
            "--tasks",
            "conversion");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("profile: counts adds 0.")
        .containsPattern(
            "profile: noise adds -?0\\.\\d+ .*: (does not pay|pays \\(may be chance\\))")
        .contains("aggregated counts (baseline)")
        .contains("probe: logistic regression");
  }

  @Test
  void refusesARunThatHasSeenTheTargets() throws IOException {
    Path seen = folder.resolve("seen");
    Files.createDirectories(seen);
    Files.writeString(
        seen.resolve("manifest.json"),
        Files.readString(judged.run().resolve("manifest.json")).replace("LOCAL", "SUBMIT"));
    Path step = Files.createDirectories(seen.resolve("embeddings_submit/counts"));
    for (String file : new String[] {"client_ids.npy", "embeddings.npy"}) {
      Files.copy(judged.run().resolve("embeddings_local/counts").resolve(file), step.resolve(file));
    }
    for (CommandRun run :
        List.of(
            CommandRun.of("compare", seen, "--workspace", folder.resolve("workspace")),
            CommandRun.of("evaluate", seen, "--probe", "linear"),
            CommandRun.of("evaluate", step, "--data", judged.data(), "--probe", "linear"))) {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err())
          .contains("was made in mode submit", "run it with --mode local on split data")
          .hasLineCount(1);
    }
    assertThat(CommandRun.of("compare", folder.resolve("nowhere")).err()).contains("holds no run");
  }

  private static double sum(Comparison comparison, String name) {
    return comparison.entries().stream()
        .map(Entry::result)
        .filter(result -> result.embedding().equals(name))
        .findFirst()
        .orElseThrow()
        .sum();
  }
}
