package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {

  @TempDir Path folder;

  @Test
  void printsTheTokenOnceAndKeepsItsHash() throws IOException {
    Path file = folder.resolve("tokens.txt");
    CommandRun first = CommandRun.of("token", "shop", "--tokens", file, "--read", "*");
    assertThat(first.code()).isZero();
    assertThat(first.out().strip()).matches("[A-Za-z0-9_-]{43}");
    assertThat(Files.readString(file))
        .matches("shop sha256:[0-9a-f]{64} read:\\*\n")
        .doesNotContain(first.out().strip());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    CommandRun second =
        CommandRun.of(
            "token",
            "nightly",
            "--tokens",
            file,
            "--read",
            "als_*",
            "--write",
            "als_*",
            "--streams",
            "2",
            "--rows",
            "10",
            "--days",
            "90");
    assertThat(second.code()).isZero();
    assertThat(Files.readString(file).lines().toList().get(1))
        .matches(
            "nightly sha256:[0-9a-f]{64} read:als_\\*,write:als_\\* streams=2 rows=10"
                + " expires=20\\S+Z");
  }

  @Test
  void mistakesAreOneLineAndWrongUsage() throws IOException {
    Path file = folder.resolve("tokens.txt");
    assertWrong("without rights", "token", "shop", "--tokens", file);
    assertWrong("a name has letters", "token", "a b", "--tokens", file, "--read", "*");
    assertWrong("a right is written", "token", "shop", "--tokens", file, "--read", "a b");
    assertWrong("--days must be", "token", "x", "--tokens", file, "--read", "*", "--days", "0");
    Files.writeString(file, "something else\n");
    assertWrong("tokens.txt line 1", "token", "shop", "--tokens", file, "--read", "*");
    assertThat(Files.readString(file)).isEqualTo("something else\n");
  }

  private static void assertWrong(String why, Object... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(run.err()).contains(why).hasLineCount(1);
  }
}
