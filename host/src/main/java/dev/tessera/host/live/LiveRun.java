package dev.tessera.host.live;

import dev.tessera.host.data.EventBatch;
import dev.tessera.host.data.MemoryLog;
import dev.tessera.host.data.ProductIndex;
import dev.tessera.host.pipeline.OpenedRun;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import dev.tessera.host.plugin.PluginRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A run's models, ready to embed events as they come, with the result that {@code tessera embed}
 * has on a folder of the same events and products. Its steps may be asked by any number of threads;
 * their stages run on one, the {@link Lane}, since a stage is for one thread at a time.
 */
public final class LiveRun implements AutoCloseable {

  private final OpenedRun run;
  private final Path productFile;
  private final ProductIndex products;
  private final Lane lane;

  private LiveRun(OpenedRun run, Path productFile, ProductIndex products, Lane lane) {
    this.run = run;
    this.productFile = productFile;
    this.products = products;
    this.lane = lane;
  }

  /**
   * How live runs work.
   *
   * @param products the product file; if not given, that of the run's data
   * @param threads that a stage may use
   * @param device {@code cpu} or {@code cuda:N}
   */
  public record Options(Optional<Path> products, int threads, String device) {}

  /**
   * Opens all models of a run and reads the product file.
   *
   * @param plugins open for as long as the result is
   * @param allocator of the stages; outlives the result
   * @throws PluginException if the folder holds no run or no model, a model cannot be opened, or
   *     the product file is missing or malformed
   */
  public static LiveRun open(
      Path run, PluginRegistry plugins, Options options, BufferAllocator allocator) {
    Lane lane = new Lane("live-" + run.toAbsolutePath().normalize().getFileName());
    OpenedRun opened = null;
    try {
      opened =
          OpenedRun.open(
              run,
              plugins,
              new OpenedRun.Setting(options.threads(), options.device(), lane::isCancelled),
              allocator);
      Path file = options.products().orElse(opened.data().productFile());
      return new LiveRun(opened, file, ProductIndex.read(file, allocator), lane);
    } catch (RuntimeException | Error e) {
      lane.close();
      if (opened != null) {
        opened.close();
      }
      throw e;
    }
  }

  /** The steps that can be embedded with, each after those it reads. */
  public List<OpenedStep> steps() {
    return run.steps();
  }

  /** The steps that cannot, and why. */
  public Map<String, String> missing() {
    return run.missing();
  }

  /** The run that the models are of. */
  public OpenedRun run() {
    return run;
  }

  /** What the user should know, one line each. */
  public List<String> warnings() {
    List<String> all = new ArrayList<>(run.warnings());
    if (products.size() == 0) {
      all.add(
          "there is no product file at %s: live events are of unknown products; give one with --products"
              .formatted(productFile));
    }
    return all;
  }

  /** Whether a stage works just now. */
  public boolean isBusy() {
    return lane.isBusy();
  }

  /**
   * Embeds the clients of a batch.
   *
   * @param step one of {@link #steps}
   * @param allocator of the log and the vectors; outlives the result
   * @return the vectors of all clients of the batch, ascending; the caller closes them
   * @throws java.util.concurrent.RejectedExecutionException if too many calls wait already
   * @throws PluginException as the stages do
   * @throws InterruptedException if the thread was interrupted; the work has then ended
   */
  public LiveVectors embed(OpenedStep step, EventBatch events, BufferAllocator allocator)
      throws InterruptedException {
    StepChain chain = new StepChain(run, step, allocator);
    try (MemoryLog log = MemoryLog.of(events, products, allocator)) {
      return lane.run(() -> chain.embed(log.log()));
    }
  }

  @Override
  public void close() {
    lane.close();
    run.close();
  }
}
