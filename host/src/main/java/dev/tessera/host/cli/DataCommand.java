package dev.tessera.host.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands about event data. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = "Look at event data, split it, or make some.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera data synth data/small --preset small",
      "  tessera data inspect data/small",
      "  tessera data split data/small"
    },
    subcommands = {DataInspectCommand.class, DataSplitCommand.class, DataSynthCommand.class})
final class DataCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "wanted inspect, split or synth");
  }
}
