package dev.tessera.host.cli;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.fetch.ClientIdFile;
import dev.tessera.host.pipeline.EmbedRequest;
import dev.tessera.host.pipeline.EmbedSession;
import dev.tessera.host.pipeline.RunSession;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera embed}. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = "Applies a run's saved models to new events or clients, without training.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera embed runs/quick --data DIR --out runs/quick-today",
      "  tessera embed runs/quick --clients ids.npy --out runs/some-clients"
    })
final class EmbedCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RUN", description = "The output folder of `tessera run`.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with the event tables; the run's own if not given.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--clients",
      paramLabel = "FILE.npy",
      description =
          "Client ids: .npy (int64), or text with one a line; the data's relevant clients if not given.")
  private Optional<Path> clients = Optional.empty();

  @Option(
      names = "--mode",
      paramLabel = "submit|local",
      description = "Which part of the data to read; as the run did if not given.")
  private Optional<Mode> mode = Optional.empty();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the embeddings go.")
  private Path out;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      defaultValue = ".tessera",
      description = "Where event stores are kept (default: ${DEFAULT-VALUE}).")
  private Path workspace;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a step; all processors if not given.")
  private Integer threads;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda:N",
      defaultValue = "auto",
      description = "Where models compute; auto is a GPU if there is one.")
  private DeviceName device;

  @Mixin private MemoryOption memoryLimit;

  @Option(
      names = "--plugins-dir",
      paramLabel = "DIR",
      description = "A further folder with plugin jars.")
  private List<Path> pluginFolders = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ProgressDisplay display = Displays.standardError();
    try (Interruption interruption = new Interruption()) {
      RunSession.Result result =
          new EmbedSession(
                  new EmbedRequest(
                      run,
                      out,
                      data,
                      mode,
                      clients.map(EmbedCommand::selection),
                      workspace,
                      Installation.pluginFolders(pluginFolders),
                      threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                      device,
                      memoryLimit.limit(),
                      display,
                      interruption::isRequested,
                      outcome -> display.line(RunReport.line(outcome))),
                  Version.host())
              .execute();
      RunReport.print(result, spec.commandLine().getOut());
      return result.isComplete() ? 0 : Main.FAILED;
    }
  }

  private static ClientSelection selection(Path file) {
    try {
      return ClientSelection.of(ClientIdFile.read(file));
    } catch (IllegalArgumentException e) {
      throw new PluginException(
          ErrorCode.INVALID_DATA, file + ": wanted distinct client ids: " + e.getMessage(), e);
    }
  }
}
