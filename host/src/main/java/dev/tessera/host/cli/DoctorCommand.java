package dev.tessera.host.cli;

import dev.tessera.host.natives.Doctor;
import dev.tessera.host.natives.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tessera doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Says which Java, PyTorch, GPU and other libraries are found here, and what to do if not.",
      "Ends with 1 if something that models need does not work."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera doctor",
      "  PYTORCH_LIBRARY_PATH=/opt/torch/lib tessera doctor       a PyTorch of your own",
      "  TESSERA_BUILD_OPTIONS=-Pgpu ./tessera doctor             a checkout, built for NVIDIA GPUs"
    })
final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings = Doctor.examine();
    TextTable table = new TextTable("what", "state", "found");
    for (Finding finding : findings) {
      table.row(
          finding.subject(), finding.state().name().toLowerCase(Locale.ROOT), finding.found());
    }
    table.print(out);
    out.println();
    for (Finding finding : findings) {
      finding.advice().ifPresent(advice -> out.printf("%s: %s%n", finding.subject(), advice));
    }
    out.flush();
    return findings.stream().anyMatch(finding -> finding.state() == Finding.State.BROKEN)
        ? Main.FAILED
        : 0;
  }
}
