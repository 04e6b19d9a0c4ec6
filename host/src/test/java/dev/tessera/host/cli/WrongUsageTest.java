package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An argument that names what does not exist is wrong usage in every command, told in one line. */
class WrongUsageTest {

  @TempDir static Path folder;
  private static Path run;

  @BeforeAll
  static void makeRun() throws IOException {
    run = JudgedRun.write(folder).run();
    Files.createDirectory(folder.resolve("store"));
  }

  static Stream<List<Object>> namesOfNothing() {
    Path none = folder.resolve("none");
    Path store = folder.resolve("store");
    return Stream.of(
        List.<Object>of("embed", none, "--data", folder, "--out", folder.resolve("out")),
        List.<Object>of("publish", none, "--as", "profiles", "--store", store),
        List.<Object>of("serve", run, "--port", 0, "--access-log", none.resolve("access.jsonl")),
        List.<Object>of("serve", none, "--port", 0),
        List.<Object>of("serve", "--store", none, "--port", 0),
        List.<Object>of("evaluate", none),
        List.<Object>of("evaluate", run.resolve("none")),
        List.<Object>of("evaluate", run, "--tasks", "none"),
        List.<Object>of("evaluate", run, "--data", none),
        List.<Object>of("compare", none),
        List.<Object>of("report", none),
        List.<Object>of("report", run, "--out", none.resolve("report.html")),
        List.<Object>of("fetch", "grpc://127.0.0.1:1", "x", "--out", none.resolve("x.npy")),
        List.<Object>of("validate", none),
        List.<Object>of("validate", folder, "--data", none),
        List.<Object>of("plugins", "info", "none"),
        List.<Object>of("versions", "list", "--store", none),
        List.<Object>of("versions", "rollback", "none", 1, "--store", store),
        List.<Object>of("versions", "retire", "none", 1, "--store", store),
        List.<Object>of("run", none),
        List.<Object>of("data", "inspect", none),
        List.<Object>of("data", "split", none),
        List.<Object>of(
            "fetch",
            "grpc://127.0.0.1:1",
            "none",
            "--clients",
            none,
            "--out",
            folder.resolve("x.npy")));
  }

  @ParameterizedTest
  @MethodSource("namesOfNothing")
  void aNameOfNothingIsWrongUsage(List<Object> arguments) {
    CommandRun wrong = CommandRun.of(arguments.toArray());
    assertThat(wrong.code()).as(wrong.err()).isEqualTo(Main.WRONG_USAGE);
    assertThat(wrong.err()).startsWith("tessera: ").contains("none").hasLineCount(1);
  }
}
