package dev.tessera.host.pipeline;

import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.config.BoundValue;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RunConfig;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.natives.Devices;
import dev.tessera.host.plugin.PluginRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes a request all the way: configuration, plugins, events, steps, manifest. */
public final class RunSession {

  private final RunRequest request;
  private final RunClock clock;

  /** A session; nothing happens before {@link #execute}. */
  public RunSession(RunRequest request, String hostVersion) {
    this.request = request;
    this.clock = RunClock.start(hostVersion);
  }

  /**
   * A run that has ended, well or not.
   *
   * @param folder where the results are
   * @param manifest what happened
   */
  public record Result(RunFolder folder, Manifest manifest) {

    /** Whether every step has a result or had nothing to read. */
    public boolean isComplete() {
      return manifest.steps().stream()
          .allMatch(
              step -> step.status().hasResult() || step.status() == StepOutcome.Status.SKIPPED);
    }
  }

  /** Runs; mistakes in the configuration or the data are thrown before any step starts. */
  public Result execute() {
    ConfigTree tree = ConfigTree.read(request.files(), request.overrides(), System.getenv());
    RunConfig config = RunConfig.of(tree);
    MemoryBudget budget = MemoryBudget.of(config.memoryLimit());
    List<Path> folders = new ArrayList<>(request.pluginFolders());
    folders.addAll(config.plugins());
    try (PluginRegistry registry = PluginRegistry.load(folders);
        HostMemory memory = HostMemory.ofRun(budget.nativeBytes())) {
      RunPlan plan = RunPlan.of(config, registry, request.selection());
      // before the events are read: a GPU that is not there should cost a second, not an hour
      String device = Devices.resolve(config.device());
      Mode mode = Mode.valueOf(config.mode().name());
      RunFolder out = new RunFolder(config.out());
      out.prepare(mode);
      StoreOptions options =
          new StoreOptions(memory.work(), config.threads(), request.display(), request.cancelled());
      DataSource source = new DataSource(config.requireData(), mode);
      try (MemoryProbe probe = new MemoryProbe();
          EventStore store = EventStore.open(source, config.workspace(), options)) {
        store.warnings().forEach(line -> request.display().line("warning: " + line));
        Run run =
            new Run(plan, store, mode, settings(config, budget, device), out, config.workspace());
        List<StepOutcome> outcomes = run.execute(memory.work(), probe, request.listener());
        Manifest manifest =
            clock.manifest(
                new Manifest.Data(mode, source.directory(), store.fingerprint(), store.warnings()),
                new Manifest.Resources(
                    config.seed(), config.threads(), budget.limitBytes(), probe.peakBytes()),
                explained(config),
                plan.steps(),
                outcomes);
        out.write(manifest);
        return new Result(out, manifest);
      }
    }
  }

  private RunSettings settings(RunConfig config, MemoryBudget budget, String device) {
    return new RunSettings(
        config.seed(),
        config.threads(),
        request.lanes(),
        budget.stepBytes(),
        device,
        request.display(),
        request.cancelled());
  }

  private static Map<String, String> explained(RunConfig config) {
    Map<String, String> values = new LinkedHashMap<>();
    for (BoundValue value : config.values()) {
      values.put(value.path(), value.value() + " (" + value.origin().describe() + ")");
    }
    return values;
  }
}
