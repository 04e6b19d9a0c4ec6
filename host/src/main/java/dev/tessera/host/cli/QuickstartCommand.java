package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tessera quickstart}. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a small shop's events, trains every plugin on them and merges the results.",
      "Writes data/tiny and runs/quick in the current folder; what is there already is used again."
    },
    footerHeading = "%nExample:%n",
    footer = "  tessera quickstart")
final class QuickstartCommand implements Callable<Integer> {

  private static final Path DATA = Path.of("data", "tiny");

  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean ownData = options.data().isPresent();
    if (!ownData) {
      makeData(out);
    }
    Path config = Installation.home().resolve("configs").resolve("quick.yaml");
    List<ConfigOverride> values = new ArrayList<>(options.overrides());
    if (!ownData) {
      values.add(0, ConfigOverride.option("quickstart", "data", DATA.toString()));
    }
    int code = Sessions.run(List.of(config), values, options, out);
    if (code == 0) {
      printNextSteps(out);
    }
    return code;
  }

  private static void makeData(PrintWriter out) {
    if (Files.isDirectory(DATA)) {
      out.printf("Using the events in %s (made by an earlier quickstart).%n", DATA);
      out.flush();
      return;
    }
    ProgressDisplay display = Displays.standardError();
    out.printf("Making a shop of 2,000 clients in %s ...%n", DATA);
    out.flush();
    try (Interruption interruption = new Interruption()) {
      SyntheticShop.write(
          ShopPreset.TINY.plan(),
          DATA,
          false,
          Runtime.getRuntime().availableProcessors(),
          display,
          interruption::isRequested);
    }
  }

  private static void printNextSteps(PrintWriter out) {
    out.println();
    out.println("Next:");
    out.println(
        "  tessera serve runs/quick                     serve the vectors over Arrow Flight");
    out.println("  tessera fetch grpc://127.0.0.1:8815 profile --out profile.npy");
    out.println("  tessera data inspect DIR                     look at your own events");
    out.println(
        "  tessera run CONFIG --data DIR                run on them; see configs/quick.yaml");
    out.flush();
  }
}
