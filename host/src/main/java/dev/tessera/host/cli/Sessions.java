package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.pipeline.RunRequest;
import dev.tessera.host.pipeline.RunSession;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Runs a session as a command does: with progress, a table at the end, and an exit code. */
final class Sessions {

  private Sessions() {}

  /** Runs the configuration; 0 if every step has a result or had nothing to read, else 1. */
  static int run(
      List<Path> files, List<ConfigOverride> values, RunOptions options, PrintWriter out) {
    ProgressDisplay display = Displays.standardError();
    try (Interruption interruption = new Interruption()) {
      RunSession.Result result =
          new RunSession(
                  new RunRequest(
                      files,
                      values,
                      options.selection(),
                      Installation.pluginFolders(options.pluginFolders()),
                      options.lanes(),
                      display,
                      interruption::isRequested,
                      outcome -> display.line(RunReport.line(outcome))),
                  Version.host())
              .execute();
      RunReport.print(result, out);
      return result.isComplete() ? 0 : Main.FAILED;
    }
  }
}
