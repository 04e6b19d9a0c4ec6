package dev.tessera.host.pipeline;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventLog;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.natives.Devices;
import dev.tessera.host.pipeline.StepOutcome.Status;
import dev.tessera.host.plugin.PluginRegistry;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Applies a run's saved models to events or clients they may never have seen, without training. */
public final class EmbedSession {

  private final EmbedRequest request;
  private final RunClock clock;

  /** A session; nothing happens before {@link #execute}. */
  public EmbedSession(EmbedRequest request, String hostVersion) {
    this.request = request;
    this.clock = RunClock.start(hostVersion);
  }

  /** Embeds; a missing run or data that cannot be read is thrown before any step starts. */
  public RunSession.Result execute() {
    SavedRun saved = SavedRun.open(new RunFolder(request.run()));
    Mode mode = request.mode().orElse(saved.manifest().data().mode());
    Path data = request.data().orElse(Path.of(saved.manifest().data().folder()));
    MemoryBudget budget = MemoryBudget.of(request.memoryLimit());
    RunFolder out = new RunFolder(request.out());
    try (PluginRegistry registry = PluginRegistry.load(request.pluginFolders());
        HostMemory memory = HostMemory.ofRun(budget.nativeBytes())) {
      List<PlannedStep> steps = saved.steps(registry);
      String device = Devices.resolve(request.device());
      out.prepare(mode);
      StoreOptions options =
          new StoreOptions(
              memory.work(), request.threads(), request.display(), request.cancelled());
      try (MemoryProbe probe = new MemoryProbe();
          EventStore store =
              EventStore.open(new DataSource(data, mode), request.workspace(), options)) {
        List<String> warnings = new ArrayList<>(saved.versionWarnings(steps));
        warnings.addAll(store.warnings());
        warnings.forEach(line -> request.display().line("warning: " + line));
        StepRunner runner = runner(store.log(), mode, saved, budget, device, memory, probe);
        List<StepOutcome> outcomes = apply(runner, saved, steps, out, mode, budget);
        Manifest manifest =
            clock.manifest(
                new Manifest.Data(mode, data, store.fingerprint(), warnings),
                new Manifest.Resources(
                    saved.manifest().resources().seed(),
                    request.threads(),
                    budget.limitBytes(),
                    probe.peakBytes()),
                Map.of("embedded with the models of", request.run().toString()),
                steps,
                outcomes);
        out.write(manifest);
        return new RunSession.Result(out, manifest);
      }
    }
  }

  private StepRunner runner(
      EventLog log,
      Mode mode,
      SavedRun saved,
      MemoryBudget budget,
      String device,
      HostMemory memory,
      MemoryProbe probe) {
    ClientSelection clients = request.clients().orElseGet(() -> Run.clients(log, mode));
    RunSettings settings =
        new RunSettings(
            saved.manifest().resources().seed(),
            request.threads(),
            1,
            budget.stepBytes(),
            device,
            request.display(),
            request.cancelled());
    return new StepRunner(log, clients, settings, memory.work(), probe);
  }

  private List<StepOutcome> apply(
      StepRunner runner,
      SavedRun saved,
      List<PlannedStep> steps,
      RunFolder out,
      Mode mode,
      MemoryBudget budget) {
    Map<String, StepOutcome> outcomes =
        new StepScheduler(1, budget.stepBytes())
            .run(
                steps,
                step -> 0,
                (step, known) -> attempt(runner, saved, step, out, mode),
                request.listener());
    return List.copyOf(outcomes.values());
  }

  private StepOutcome attempt(
      StepRunner runner, SavedRun saved, PlannedStep step, RunFolder out, Mode mode) {
    return StepOutcome.of(
        step,
        () -> {
          EmbeddingFolder target = out.step(mode, step.name());
          EmbeddingFolder aside = new EmbeddingFolder(Folders.aside(target.path()));
          try {
            Map<String, EmbeddingFolder> inputs = new LinkedHashMap<>();
            step.inputs().forEach(name -> inputs.put(name, out.step(mode, name)));
            StepTask task =
                new StepTask(
                    step,
                    new CacheKey(saved.record(step.name()).key()),
                    aside,
                    inputs,
                    aside.path().resolve("checkpoint"));
            StepRecord record = runner.apply(task, saved.model(step.name()));
            record.write(aside);
            Folders.link(saved.model(step.name()), aside.model());
            Folders.replace(aside.path(), target.path());
            return StepOutcome.with(step, Status.DONE, record);
          } finally {
            Folders.delete(aside.path());
          }
        });
  }
}
