package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.evaluate.EntryCheck;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera validate DIR}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Checks an entry as the challenge does: files, types, shapes, lengths, at most 2048 columns, finite values, the relevant clients each once.",
      "Lists every failure; exit code 1 if there is one, 2 if there is no such folder."
    },
    footerHeading = "%nExample:%n",
    footer = "  tessera validate runs/quick/embeddings_submit/profile --data DIR")
final class ValidateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder with client_ids.npy and embeddings.npy.")
  private Path directory;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data folder whose relevant clients the entry must have.")
  private Path data;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (Path folder : data == null ? List.of(directory) : List.of(directory, data)) {
      if (!Files.isDirectory(folder)) {
        throw new PluginException(ErrorCode.INVALID_CONFIG, folder + ": no such folder");
      }
    }
    List<String> failures = EntryCheck.failures(directory, Optional.ofNullable(data));
    failures.forEach(failure -> out.println("FAILED  " + failure));
    if (failures.isEmpty()) {
      out.printf(
          "%s is a valid entry%s%n",
          directory, data == null ? "; its clients were not compared (give --data)" : "");
    } else {
      String many = failures.size() == 1 ? "" : "s";
      out.printf("%s is no valid entry: %d failure%s%n", directory, failures.size(), many);
    }
    out.flush();
    return failures.isEmpty() ? 0 : Main.FAILED;
  }
}
