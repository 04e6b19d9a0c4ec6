package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.testkit.GuidePlugin;
import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.dist.Installation.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that are full and memory that does not suffice, met by the installation as users have it.
 */
class ScarceResourcesIT {

  /** A shell that may mount a small disk for itself; what it mounts goes with it. */
  private static final List<String> MOUNTING_SHELL = List.of("unshare", "-rm", "sh");

  /** What a file takes on such a disk is a multiple of this. */
  private static final int PAGE = 4096;

  /** Steps of quick.yaml that run in this test, in order. */
  private static final String STEPS = "stats,als_buy_add_categories,als_visits";

  @TempDir static Path work;

  private static Installation tessera;

  @BeforeAll
  static void makeData() throws Exception {
    tessera = new Installation(work);
    Ended made = tessera.run("data", "synth", "shop", "--clients", "500");
    assertThat(made.code()).as(made.out()).isZero();
    Ended roomy = tessera.run(quick("roomy", "ws-roomy").split(" "));
    assertThat(roomy.code()).as(roomy.out()).isZero();
  }

  @Test
  void aFullDiskStopsTheStoreWithOneLineAndLeavesNothing() throws Exception {
    long size = bytes(work.resolve("ws-roomy/stores")) / 2;
    Ended ended =
        onDisk(
            size, "$TESSERA " + quick("unstored", "disk/ws") + "\necho code $?\nfind disk -type f");
    assertThat(ended.lines())
        .hasSize(2)
        .satisfies(
            lines -> {
              assertThat(lines.get(0))
                  .startsWith("tessera: disk/ws/stores/")
                  .contains("No space left on device", "make room");
              assertThat(lines.get(1)).isEqualTo("code 1");
            });
    assertThat(work.resolve("unstored/manifest.json")).doesNotExist();
  }

  @Test
  void aFullDiskFailsTheStepAndWithMoreRoomTheRunGoesOnToTheSameBytes() throws Exception {
    long steps = 0;
    for (String step : List.of("stats", "als_buy_add_categories")) {
      steps += bytes(work.resolve("roomy/embeddings_submit").resolve(step));
    }
    long next = bytes(work.resolve("roomy/embeddings_submit/als_visits"));
    long size = bytes(work.resolve("ws-roomy/stores")) + steps + next / 2;
    String run = "$TESSERA " + quick("filled", "disk/ws");
    Ended ended =
        onDisk(
            size,
            String.join(
                "\n",
                run,
                "echo code $?",
                "find disk -name '*aside*'",
                "mount -o remount,size=64m disk",
                run,
                "echo code $?"));
    List<String> lines = ended.lines();
    int first = lines.indexOf("code 1");
    assertThat(first).as(ended.out()).isPositive();
    assertThat(lines.subList(0, first))
        .anyMatch(line -> line.startsWith("  done     stats: "))
        .anyMatch(line -> line.startsWith("  done     als_buy_add_categories: "))
        .anyMatch(
            line ->
                line.startsWith("  FAILED   als_visits: ")
                    && line.contains("No space left on device"));
    assertThat(lines).noneMatch(line -> line.startsWith("disk/"));
    assertThat(lines.subList(first, lines.size()))
        .anyMatch(line -> line.startsWith("  cached   stats: "))
        .anyMatch(line -> line.startsWith("  cached   als_buy_add_categories: "))
        .anyMatch(line -> line.startsWith("  done     als_visits: "))
        .last()
        .isEqualTo("code 0");
    for (String step : STEPS.split(",")) {
      String file = "embeddings_submit/" + step + "/embeddings.arrow";
      assertThat(work.resolve("filled").resolve(file))
          .hasSameBinaryContentAs(work.resolve("roomy").resolve(file));
    }
  }

  @Test
  void aStepThatRunsOutOfMemoryFailsAloneAndSaysWhatToChange() throws Exception {
    String hungry =
        GuidePlugin.source()
            .replace("\"counts\", \"Purchases", "\"hungry\", \"Purchases")
            .replace(
                "return TrainingReport.empty();",
                """
                List<long[]> all = new ArrayList<>();
                    while (all.size() < 1_000_000) { all.add(new long[1 << 20]); }
                    return TrainingReport.empty();
                """);
    new PluginJarBuilder("hungry")
        .source("example.CountsFactory", hungry)
        .factory("example.CountsFactory")
        .write(work.resolve("jars/hungry.jar"));
    Files.writeString(
        work.resolve("hungry.yaml"),
        "steps:\n  eats: {plugin: hungry}\n  stats: {plugin: stats}\n");
    Ended run =
        tessera.run(
            ("run hungry.yaml --data shop --out hungry --plugins-dir jars --lanes 1"
                    + " --memory-limit 512M")
                .split(" "));
    assertThat(run.code()).as(run.out()).isEqualTo(1);
    assertThat(run.lines())
        .filteredOn(line -> line.startsWith("  FAILED   eats: "))
        .singleElement()
        .asString()
        .contains("[hungry] fit of step eats", "for want of memory", "memory-limit");
    assertThat(work.resolve("hungry/embeddings_submit/stats/embeddings.npy"))
        .hasSameBinaryContentAs(work.resolve("roomy/embeddings_submit/stats/embeddings.npy"));
    assertThat(manifest("hungry").at("/steps/0/status").asText()).isEqualTo("FAILED");
    assertThat(manifest("hungry").at("/steps/1/status").asText()).isEqualTo("DONE");
  }

  @Test
  void aRunKeepsToItsMemoryLimit() throws Exception {
    long limit = 480L << 20; // less than the same run takes of a machine with plenty
    Ended run =
        tessera.run(
            "run",
            tessera.config("quick.yaml").toString(),
            "--plugins=stats,als,merge",
            "--data=" + tessera.sample("online-retail"),
            "--out=limited",
            "--memory-limit=480M");
    assertThat(run.code()).as(run.out()).isZero();
    JsonNode resources = manifest("limited").get("resources");
    assertThat(resources.get("memoryLimitBytes").asLong()).isEqualTo(limit);
    assertThat(resources.get("peakMemoryBytes").asLong()).isBetween(1L << 20, limit);
  }

  @Test
  void aLimitThatIsTooSmallIsOneLineThatNamesTheLeast() throws Exception {
    for (String limit : List.of("1K", "10M", "60M", "0.4G", "479M")) {
      Ended ended = tessera.run("evaluate", "roomy", "--data", "shop", "--memory-limit", limit);
      assertThat(ended.code()).as(ended.out()).isEqualTo(2);
      assertThat(ended.lines())
          .containsExactly(
              "tessera: wanted a memory limit of at least 480M, found "
                  + limit
                  + "; raise --memory-limit");
    }
  }

  /** Runs lines in a folder {@code disk} of a limited size; skips the test where it cannot be. */
  private static Ended onDisk(long size, String lines) throws Exception {
    boolean mounts;
    try {
      mounts = tessera.shell(MOUNTING_SHELL, "mount -t tmpfs none /mnt").code() == 0;
    } catch (IOException e) {
      mounts = false; // no unshare on this system
    }
    assumeThat(mounts).as("no disk of limited size can be mounted here").isTrue();
    Files.createDirectories(work.resolve("disk"));
    return tessera.shell(MOUNTING_SHELL, "mount -t tmpfs -o size=" + size + " none disk\n" + lines);
  }

  private static String quick(String out, String workspace) {
    return "run %s --only %s --lanes 1 --data shop --out %s --workspace %s"
        .formatted(tessera.config("quick.yaml"), STEPS, out, workspace);
  }

  private static JsonNode manifest(String run) throws IOException {
    return new ObjectMapper().readTree(work.resolve(run).resolve("manifest.json").toFile());
  }

  private static long bytes(Path folder) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += (Files.size(file) + PAGE - 1) / PAGE * PAGE;
      }
    }
    return sum;
  }
}
