package dev.tessera.host.config;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run's configuration, typed; the keys of each step still wait for their plugin's type. Relative
 * folders are taken from the current directory.
 *
 * @param data the folder with event files, if given
 * @param out where results go
 * @param mode which part of the data is read
 * @param seed of every random choice
 * @param threads at least 1
 * @param memoryLimit what the steps together may take
 * @param workspace where event stores and cached steps are kept
 * @param plugins folders with plugin jars, besides the standard ones
 * @param steps in the order of the file; names are distinct
 * @param values the top keys with their origins, for explaining
 */
public record RunConfig(
    Optional<Path> data,
    Path out,
    Mode mode,
    long seed,
    int threads,
    MemoryLimit memoryLimit,
    DeviceName device,
    Path workspace,
    List<Path> plugins,
    List<StepConfig> steps,
    List<BoundValue> values) {

  /** Which part of the data a run reads, and for which clients it writes. */
  public enum Mode {
    /** The whole folder; all relevant clients. */
    SUBMIT,
    /** Its {@code input/}: the events before the local targets; relevant clients with events. */
    LOCAL
  }

  /** Copies the lists. */
  public RunConfig {
    plugins = List.copyOf(plugins);
    steps = List.copyOf(steps);
    values = List.copyOf(values);
  }

  /**
   * Types the top of a tree.
   *
   * @throws PluginException INVALID_CONFIG, one line
   */
  public static RunConfig of(ConfigTree tree) {
    BoundRecord<RunSettings> bound =
        new RecordBinder("run").bind(tree.root(), RunSettings.class, List.of("steps"));
    RunSettings settings = bound.record();
    return new RunConfig(
        settings.data().isEmpty() ? Optional.empty() : Optional.of(Path.of(settings.data())),
        Path.of(settings.out()),
        settings.mode(),
        settings.seed(),
        settings.threads() == 0 ? Runtime.getRuntime().availableProcessors() : settings.threads(),
        new MemoryLimit(settings.memoryLimit()),
        new DeviceName(settings.device()),
        Path.of(settings.workspace()),
        settings.plugins().stream().map(Path::of).toList(),
        StepReader.read(tree.root()),
        bound.values());
  }

  /**
   * The data folder.
   *
   * @throws PluginException INVALID_CONFIG if none is given; says how to give one
   */
  public Path requireData() {
    return data.orElseThrow(
        () ->
            new PluginException(
                ErrorCode.INVALID_CONFIG,
                "[run] no folder of events is given: add data: DIR to the file, or --data DIR"));
  }
}
