package dev.tessera.host.live;

import dev.tessera.host.data.EventBatch;
import dev.tessera.host.data.MemoryLog;
import dev.tessera.host.data.ProductIndex;
import dev.tessera.host.pipeline.OpenedRun;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import dev.tessera.host.plugin.PluginRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A run's models, ready to embed events as they come, with the result that {@code tessera embed}
 * has on a folder of the same events and products. Its steps may be asked by any number of threads.
 * A stage is for one thread at a time, so each {@link Lane} has models of its own; which one takes
 * a call makes no difference to its result.
 */
public final class LiveRun implements AutoCloseable {

  private final Path productFile;
  private final ProductIndex products;
  private final List<Copy> copies;

  /** The models, and the thread that works with them. */
  private record Copy(OpenedRun run, Lane lane) implements AutoCloseable {

    @Override
    public void close() {
      lane.close();
      run.close();
    }
  }

  private LiveRun(Path productFile, ProductIndex products, List<Copy> copies) {
    this.productFile = productFile;
    this.products = products;
    this.copies = copies;
  }

  /**
   * How live runs work.
   *
   * @param products the product file; if not given, that of the run's data
   * @param threads that a stage may use
   * @param device {@code cpu} or {@code cuda:N}
   * @param lanes calls that are worked on side by side, each with a copy of the models
   */
  public record Options(Optional<Path> products, int threads, String device, int lanes) {

    /** One call after the other. */
    public Options(Optional<Path> products, int threads, String device) {
      this(products, threads, device, 1);
    }
  }

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
    List<Copy> copies = new ArrayList<>();
    try {
      for (int number = 0; number < options.lanes(); number++) {
        copies.add(copy(run, number, plugins, options, allocator));
      }
      Path file = options.products().orElse(copies.get(0).run().data().productFile());
      return new LiveRun(file, ProductIndex.read(file, allocator), List.copyOf(copies));
    } catch (RuntimeException | Error e) {
      copies.forEach(Copy::close);
      throw e;
    }
  }

  private static Copy copy(
      Path run, int number, PluginRegistry plugins, Options options, BufferAllocator allocator) {
    Path name = run.toAbsolutePath().normalize().getFileName();
    Lane lane = new Lane("live-%s-%d".formatted(name, number));
    try {
      OpenedRun.Setting setting =
          new OpenedRun.Setting(options.threads(), options.device(), lane::isCancelled);
      return new Copy(OpenedRun.open(run, plugins, setting, allocator), lane);
    } catch (RuntimeException | Error e) {
      lane.close();
      throw e;
    }
  }

  /** The steps that can be embedded with, each after those it reads. */
  public List<OpenedStep> steps() {
    return run().steps();
  }

  /** The steps that cannot, and why. */
  public Map<String, String> missing() {
    return run().missing();
  }

  /** The run that the models are of. */
  public OpenedRun run() {
    return copies.get(0).run();
  }

  /** What the user should know, one line each. */
  public List<String> warnings() {
    List<String> all = new ArrayList<>(run().warnings());
    if (products.size() == 0) {
      all.add(
          "there is no product file at %s: live events are of unknown products; give one with --products"
              .formatted(productFile));
    }
    return all;
  }

  /** How many calls are worked on just now. */
  public int busyLanes() {
    return (int) copies.stream().filter(copy -> copy.lane().isBusy()).count();
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
    Copy free =
        copies.stream().min(Comparator.comparingInt(copy -> copy.lane().load())).orElseThrow();
    OpenedStep own = free.run().find(step.name()).orElseThrow();
    StepChain chain = new StepChain(free.run(), own, allocator);
    try (MemoryLog log = MemoryLog.of(events, products, allocator)) {
      return free.lane().run(() -> chain.embed(log.log()));
    }
  }

  @Override
  public void close() {
    copies.forEach(Copy::close);
  }
}
