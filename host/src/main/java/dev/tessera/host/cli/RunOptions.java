package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.config.MemoryLimit;
import dev.tessera.host.pipeline.RunPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that {@code run} and {@code quickstart} share. */
final class RunOptions {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with the event tables (Parquet), as the challenge lays them out.")
  private Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go (default: the configuration's out, else runs/latest).")
  private Path out;

  @Option(
      names = "--mode",
      paramLabel = "submit|local",
      description =
          "submit: the whole folder, all relevant clients. local: its input/, those with events.")
  private String mode;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "STEP",
      description = "Run these steps and those they read.")
  private Set<String> only = new LinkedHashSet<>();

  @Option(
      names = "--plugins",
      split = ",",
      paramLabel = "ID",
      description = "Run only steps of these plugins.")
  private Set<String> plugins = new LinkedHashSet<>();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of every random choice.")
  private Long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a step; all processors if not given.")
  private Integer threads;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda:N",
      description = "Where models compute; auto (the default) is a GPU if there is one.")
  private String device;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "How many steps run side by side, memory permitting (default: ${DEFAULT-VALUE}).")
  private int lanes;

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      description =
          "Memory of the run, as 12G or 60%% (of the machine's; default 80%%), at least 480M.")
  private MemoryLimit memoryLimit;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description = "Where event stores and finished steps are kept (default: .tessera).")
  private Path workspace;

  @Option(
      names = "--plugins-dir",
      paramLabel = "DIR",
      description = "A further folder with plugin jars.")
  private List<Path> pluginFolders = new ArrayList<>();

  RunPlan.Selection selection() {
    return new RunPlan.Selection(only, plugins);
  }

  /** The data folder, if given. */
  Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  /** The folder of results, if given. */
  Optional<Path> out() {
    return Optional.ofNullable(out);
  }

  /** The mode, if given. */
  Optional<String> mode() {
    return Optional.ofNullable(mode);
  }

  /** The workspace, if given. */
  Optional<Path> workspace() {
    return Optional.ofNullable(workspace);
  }

  /** The limit of what is no step. */
  MemoryLimit memoryLimit() {
    return memoryLimit == null ? MemoryLimit.USUAL : memoryLimit;
  }

  List<Path> pluginFolders() {
    return pluginFolders;
  }

  int lanes() {
    return Math.max(1, lanes);
  }

  /** What was given, as overrides of the configuration. */
  List<ConfigOverride> overrides() {
    List<ConfigOverride> overrides = new ArrayList<>();
    add(overrides, "--data", "data", data);
    add(overrides, "--out", "out", out);
    add(overrides, "--mode", "mode", mode);
    add(overrides, "--workspace", "workspace", workspace);
    add(
        overrides,
        "--memory-limit",
        "memory-limit",
        memoryLimit == null ? null : memoryLimit.text());
    add(overrides, "--device", "device", device);
    if (seed != null) {
      overrides.add(ConfigOverride.typedOption("--seed", "seed", seed.toString()));
    }
    if (threads != null) {
      overrides.add(ConfigOverride.typedOption("--threads", "threads", threads.toString()));
    }
    return overrides;
  }

  private static void add(List<ConfigOverride> overrides, String option, String key, Object value) {
    if (value != null) {
      overrides.add(ConfigOverride.option(option, key, value.toString()));
    }
  }
}
