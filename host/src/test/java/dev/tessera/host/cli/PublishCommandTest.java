package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.flight.RunFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishCommandTest {

  @TempDir Path folder;
  private Path run;
  private Path store;

  @BeforeEach
  void writeARun() throws IOException {
    run = RunFixture.write(folder.resolve("quick"), "stats");
    store = folder.resolve("store");
  }

  @Test
  void publishesListsRollsBackAndRetires() {
    publish();
    CommandRun second = publish();
    assertThat(second.code()).isZero();
    assertThat(second.out()).startsWith("profiles version 2 in ").contains("stats 2 (profiles)");

    CommandRun back = CommandRun.of("versions", "rollback", "profiles", "1", "--store", store);
    assertThat(back.out()).contains("profiles is version 1 again");
    assertThat(CommandRun.of("versions", "list", "--store", store).out())
        .containsPattern("profiles +1 \\*")
        .containsPattern("profiles +2 +20");

    CommandRun retire = CommandRun.of("versions", "retire", "profiles", "2", "--store", store);
    assertThat(retire.code()).isZero();
    assertThat(CommandRun.of("versions", "list", "--store", store).out())
        .doesNotContainPattern("profiles +2");
  }

  @Test
  void aStoreThatIsNotThereIsNamedRatherThanServedEmpty() throws IOException {
    for (String[] command : new String[][] {{"versions", "list"}, {"serve"}}) {
      Object[] arguments = Arrays.copyOf(command, command.length + 2, Object[].class);
      arguments[command.length] = "--store";
      arguments[command.length + 1] = store;
      CommandRun missing = CommandRun.of(arguments);
      assertThat(missing.code()).isEqualTo(2);
      assertThat(missing.err()).startsWith("tessera: no folder " + store).hasLineCount(1);
    }
    Files.createDirectory(store);
    assertThat(CommandRun.of("versions", "list", "--store", store).out())
        .contains("nothing is published");
  }

  @Test
  void mistakesAreOneLineAndTheRightExitCode() {
    CommandRun unknown = CommandRun.of("versions", "retire", "nobody", "2", "--store", store);
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("nothing is published as 'nobody'").hasLineCount(1);
    CommandRun name = CommandRun.of("publish", run, "--as", "My profiles", "--store", store);
    assertThat(name.code()).isEqualTo(2);
    assertThat(CommandRun.of("publish", run, "--store", store).code()).isEqualTo(2);
    assertThat(CommandRun.of("versions").code()).isEqualTo(2);
  }

  @Test
  void aDamagedDefaultIsOneLineThatSaysWhatToDoAndIsNotWrittenOn() throws IOException {
    publish();
    publish();
    Path file = store.resolve("profiles/default");
    for (String damaged : new String[] {"xx", "xx\n", "1\n"}) {
      Files.writeString(file, damaged);
      for (String[] command :
          new String[][] {{"list"}, {"rollback", "profiles", "1"}, {"retire", "profiles", "1"}}) {
        List<Object> arguments = new ArrayList<>(List.of("versions"));
        arguments.addAll(List.of(command));
        arguments.addAll(List.of("--store", store));
        CommandRun run = CommandRun.of(arguments.toArray());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
            .contains(
                file.toString(),
                "found '" + damaged.strip() + "'",
                "remove the file and roll back again")
            .hasLineCount(1);
      }
      assertThat(file).hasContent(damaged);
    }
  }

  private CommandRun publish() {
    return CommandRun.of("publish", run, "--as", "profiles", "--store", store);
  }
}
