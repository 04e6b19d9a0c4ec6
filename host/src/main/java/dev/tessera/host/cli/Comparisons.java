package dev.tessera.host.cli;

import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.evaluate.Evaluations;
import dev.tessera.host.evaluate.RunComparison;
import dev.tessera.host.evaluate.TargetFolder;
import dev.tessera.host.pipeline.LimitedMemory;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/** Compares a run as commands do, and keeps the result in the run's folder. */
final class Comparisons {

  private Comparisons() {}

  /**
   * What is compared.
   *
   * @param run the run's folder
   * @param data the split data, if not the run's
   * @param workspace where the event store is kept
   */
  record Request(Path run, Optional<Path> data, Path workspace) {}

  /** The comparison in the run's folder if it is still true, else a new one. */
  static Comparison compareOrRead(
      Request request, Evaluations.Options options, LimitedMemory memory, ProgressDisplay display) {
    return Comparison.read(request.run())
        .filter(found -> found.keys().equals(RunComparison.keys(new RunFolder(request.run()))))
        .filter(found -> found.probe() == options.probe())
        .orElseGet(() -> compare(request, options, memory, display));
  }

  static Comparison compare(
      Request request, Evaluations.Options options, LimitedMemory memory, ProgressDisplay display) {
    return memory.within(() -> compare(request, options, memory.work(), display));
  }

  private static Comparison compare(
      Request request,
      Evaluations.Options options,
      BufferAllocator allocator,
      ProgressDisplay display) {
    RunFolder run = new RunFolder(request.run());
    Path data = request.data().orElseGet(() -> Path.of(run.manifest().data().folder()));
    Evaluations evaluations = new Evaluations(TargetFolder.read(data, allocator), options);
    StoreOptions store =
        new StoreOptions(allocator, options.threads(), display, options.cancelled());
    try (EventStore events =
        EventStore.open(new DataSource(data, DataSource.Mode.LOCAL), request.workspace(), store)) {
      Comparison comparison =
          new RunComparison(run, evaluations, events.log(), display::line).compare();
      comparison.write(request.run());
      return comparison;
    }
  }
}
