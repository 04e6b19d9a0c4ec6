package dev.tessera.host.cli;

import dev.tessera.host.config.DeviceName;
import dev.tessera.host.evaluate.Evaluations;
import dev.tessera.host.evaluate.ProbeKind;
import dev.tessera.host.evaluate.Task;
import dev.tessera.host.natives.Devices;
import dev.tessera.host.progress.ProgressDisplay;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Option;

/** The options that the commands which evaluate share. */
final class JudgeOptions {

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      description =
          "churn, conversion, propensity_category, propensity_sku, propensity_new_sku, propensity_price (default: all).")
  private List<String> tasks = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How often a probe with chance in it is run (default: ${DEFAULT-VALUE}).")
  private int seeds = 3;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda:N",
      defaultValue = "auto",
      description =
          "Where a network computes; auto is a GPU if there is one. The quick probe takes the CPU.")
  private DeviceName device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; all processors if not given.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  /** The tasks asked for, checked. */
  List<Task> tasks() {
    return tasks.isEmpty() ? Task.all() : tasks.stream().map(Task::of).distinct().toList();
  }

  /**
   * How to evaluate; called before any data is read, since it fails for a GPU that is not there.
   */
  Evaluations.Options evaluation(
      ProbeKind probe, BooleanSupplier cancelled, ProgressDisplay display) {
    return new Evaluations.Options(
        tasks(), probe, seeds, Devices.resolve(device), Math.max(1, threads), cancelled, display);
  }
}
