package dev.tessera.host.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The top command: says what there is. */
@Command(
    name = "tessera",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Turns a shop's event logs into one vector per client, by plugin models, and serves them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera quickstart                          all of it, on data it makes",
      "  tessera run configs/quick.yaml --data DIR   the same on your own events",
      "  tessera serve runs/quick                    serve the vectors over Arrow Flight",
      "  tessera fetch grpc://127.0.0.1:8815 profile --out profile.npy",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    },
    subcommands = {
      QuickstartCommand.class,
      RunCommand.class,
      EmbedCommand.class,
      PublishCommand.class,
      VersionsCommand.class,
      ServeCommand.class,
      FetchCommand.class,
      TokenCommand.class,
      DataCommand.class,
      ValidateCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      PluginsCommand.class,
      ConfigCommand.class,
      BenchCommand.class,
      DoctorCommand.class
    })
final class TesseraCommand implements Runnable {

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where in the program a failure came from.")
  boolean debug;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
