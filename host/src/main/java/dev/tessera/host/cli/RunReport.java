package dev.tessera.host.cli;

import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunSession;
import dev.tessera.host.pipeline.StepOutcome;
import dev.tessera.host.pipeline.StepOutcome.Status;
import dev.tessera.host.pipeline.StepRecord;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a user sees of a run: a line as each step ends, a table at the end. */
final class RunReport {

  private RunReport() {}

  /** One line for a step that has just ended. */
  static String line(StepOutcome outcome) {
    return switch (outcome.status()) {
      case DONE ->
          "  done     %s: %s in %.1f s"
              .formatted(outcome.step(), shape(outcome), outcome.record().orElseThrow().seconds());
      case CACHED -> "  cached   %s: %s".formatted(outcome.step(), shape(outcome));
      case SKIPPED -> "  skipped  %s: %s".formatted(outcome.step(), outcome.why());
      case FAILED -> "  FAILED   %s: %s".formatted(outcome.step(), outcome.why());
      case NOT_RUN -> "  not run  %s: %s".formatted(outcome.step(), outcome.why());
    };
  }

  private static String shape(StepOutcome outcome) {
    StepRecord record = outcome.record().orElseThrow();
    return "%,d clients × %,d".formatted(record.rows(), record.dimension());
  }

  /** The table of all steps, what the user should know of them, and where the results are. */
  static void print(RunSession.Result result, PrintWriter out) {
    Manifest manifest = result.manifest();
    TextTable table =
        new TextTable("step", "plugin", "status", "dimension", "clients", "seconds", "peak MB");
    for (StepOutcome step : manifest.steps()) {
      table.row(row(step));
    }
    out.println();
    table.print(out);
    out.println();
    for (StepOutcome step : manifest.steps()) {
      remarks(step).forEach(remark -> out.println("note: " + step.step() + ": " + remark));
    }
    if (manifest.steps().stream().allMatch(step -> step.status() != Status.DONE)
        && result.isComplete()) {
      out.println("Nothing had to be run: every result was cached.");
    }
    out.printf(
        "Results in %s (%.1f s, peak %,d MB of %,d MB)%n",
        result.folder().path(),
        manifest.seconds(),
        manifest.resources().peakMemoryBytes() >> 20,
        manifest.resources().memoryLimitBytes() >> 20);
    out.flush();
  }

  private static String[] row(StepOutcome step) {
    String status = step.status().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (step.record().isEmpty()) {
      return new String[] {step.step(), step.plugin(), status, "", "", "", ""};
    }
    StepRecord record = step.record().get();
    return new String[] {
      step.step(),
      step.plugin(),
      status,
      "%,d".formatted(record.dimension()),
      "%,d".formatted(record.rows()),
      "%.1f".formatted(record.seconds()),
      "%,d".formatted(record.peakMemoryBytes() >> 20)
    };
  }

  private static List<String> remarks(StepOutcome step) {
    if (step.record().isEmpty()) {
      return List.of();
    }
    StepRecord record = step.record().get();
    List<String> remarks = new ArrayList<>(record.report().notes());
    record
        .saturated()
        .forEach(
            (column, count) ->
                remarks.add(
                    "column %s: %,d values beyond float16 are 65504 in embeddings.npy; the Arrow and Parquet files have them in full"
                        .formatted(column, count)));
    return remarks;
  }
}
