package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What {@code fetch} says before it asks a server. */
class FetchCommandTest {

  private static final String NOBODY = "grpc://127.0.0.1:1";

  @Test
  void oneVersionIsChosenByOneOption() {
    assertWrong(
        "--at-version and --as-of exclude each other",
        NOBODY,
        "profiles",
        "--at-version",
        1,
        "--as-of",
        "2026-11-24T10:00:00Z");
    assertWrong(
        "--as-of wants a time such as 2026-11-24T10:00:00Z, found 'noon'",
        NOBODY,
        "profiles",
        "--as-of",
        "noon");
  }

  @Test
  void aVersionIsOfAnEmbedding() {
    assertWrong(
        "--at-version and --as-of choose a version of an EMBEDDING: name it",
        NOBODY,
        "--at-version",
        1);
  }

  @Test
  void aPortThatThereIsNotIsOneLineAtOnce() {
    assertWrong("wanted a port in 1..65535", "grpc://127.0.0.1:99999");
  }

  @Test
  void everyCommandPrintsTheVersion() {
    assertThat(CommandRun.of("fetch", "--version").out()).startsWith("tessera ");
    assertThat(CommandRun.of("versions", "list", "--version").out()).startsWith("tessera ");
  }

  private static void assertWrong(String why, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = "fetch";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    CommandRun run = CommandRun.of(all);
    assertThat(run.code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(run.err()).startsWith("tessera: " + why).hasLineCount(1);
  }
}
