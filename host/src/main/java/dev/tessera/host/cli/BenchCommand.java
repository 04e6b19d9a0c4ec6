package dev.tessera.host.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure speed and memory on this machine.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera bench store --events 20000000",
      "  tessera bench serve --rows 400000",
      "  tessera bench live runs/quick"
    },
    subcommands = {BenchStoreCommand.class, BenchServeCommand.class, BenchLiveCommand.class})
final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "wanted store, serve or live");
  }
}
