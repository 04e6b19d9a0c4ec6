package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.host.progress.PlainDisplay;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataSynthCommandTest {

  @TempDir Path parent;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Exception refusal;

  /** Generates in a process of its own, to be killed. */
  static final class Process {
    private Process() {}

    public static void main(String[] args) {
      System.exit(new CommandLine(new DataSynthCommand(ProgressDisplay.silent())).execute(args));
    }
  }

  @Test
  void generatesThePresetWithOtherSizes() {
    int exit = run("shop", "--preset", "tiny", "--clients", "300", "--days", "40", "--seed", "5");
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("page_visit").contains("300 of 375 clients");
    assertThat(parent.resolve("shop/input/relevant_clients.npy")).exists();
  }

  @Test
  void refusesSizesThatCannotWorkBeforeAnyWork() {
    assertRefused("days must be in 35..3650, was 20", "--days", "20");
    assertRefused("clients must be in 1..100000000, was 0", "--clients", "0");
    assertRefused("threads must be in 1..1024, was 0", "--threads", "0");
  }

  @Test
  void namesThePresetsThereAre() {
    assertThat(run("shop", "--preset", "huge")).isEqualTo(2);
    assertThat(err.toString()).contains("wanted one of tiny, small, medium, synerise, found huge");
  }

  @Test
  void helpShowsExamplesAndPresets() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("tessera data synth data/tiny")
        .contains("tiny, small, medium, synerise");
  }

  @Test
  void aKilledRunLeavesNothingThatLooksWholeAndTheNextOneTellsOfIt() throws Exception {
    Path target = parent.resolve("killed");
    ProcessBuilder builder =
        ChildJvm.of(List.of(), Process.class, target.toString(), "--preset", "medium");
    java.lang.Process process =
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      awaitSomeRows();
    } finally {
      process.destroyForcibly().waitFor();
    }

    assertThat(target).doesNotExist();
    assertThat(names()).hasSize(1).allMatch(name -> name.startsWith("killed.tmp-"));
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    ProgressDisplay display =
        new PlainDisplay(new PrintStream(lines, true, StandardCharsets.UTF_8));
    assertThat(run(display, "killed", "--clients", "100", "--days", "40")).isZero();
    assertThat(target.resolve("page_visit.parquet")).exists();
    assertThat(lines.toString(StandardCharsets.UTF_8)).contains("left by another run");
  }

  private void awaitSomeRows() throws IOException, InterruptedException {
    long giveUp = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (System.nanoTime() < giveUp) {
      try (Stream<Path> tree = Files.walk(parent)) {
        if (tree.anyMatch(path -> path.endsWith("page_visit.parquet.tmp"))) {
          return;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no row within a minute");
  }

  private void assertRefused(String message, String option, String value) {
    assertThat(run("shop", option, value)).isEqualTo(Main.WRONG_USAGE);
    assertThat(refusal)
        .isInstanceOfSatisfying(
            PluginException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
              assertThat(e).hasMessage(message);
            });
    assertThat(parent.resolve("shop")).doesNotExist();
  }

  private int run(String... args) {
    return run(ProgressDisplay.silent(), args);
  }

  private int run(ProgressDisplay display, String... args) {
    String[] inParent = args.clone();
    if (!args[0].startsWith("-")) {
      inParent[0] = parent.resolve(args[0]).toString();
    }
    return new CommandLine(new DataSynthCommand(display))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler(
            (failure, commandLine, parsed) -> {
              refusal = failure;
              return Main.WRONG_USAGE;
            })
        .execute(inParent);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.map(path -> path.getFileName().toString()).toList();
    }
  }
}
