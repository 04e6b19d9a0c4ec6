package dev.tessera.api;

import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What the host lends a stage for its life: memory, threads, folders, seed, progress, cancellation.
 * Safe to use from any thread.
 */
public interface PluginContext {

  /** The step's name in the run's configuration; used in messages. */
  String stepName();

  /**
   * A child allocator of this stage, with a limit. The host closes it after the stage; bytes that
   * are still allocated then are a failure that names the plugin.
   */
  BufferAllocator allocator();

  /** An empty folder for temporary files, removed by the host after the step. */
  Path scratchDirectory();

  /**
   * A folder that outlives a killed run: a later run of the same step (same data, configuration,
   * seed and plugin) finds it as it was left, so that long training can go on from there. Empty at
   * first; removed by the host when the step is done.
   */
  Path checkpointDirectory();

  /** The seed of every random choice of this step. */
  long seed();

  /**
   * How many threads the stage may use, at least 1; fixed for a run, so results may depend on it.
   */
  int parallelism();

  /**
   * Where to compute: {@code cpu}, or {@code cuda:N} for a GPU that the host has found; N counts
   * from 0. A stage that cannot use a GPU may stay on the CPU.
   */
  String device();

  /** Heap and native bytes that the stage should stay within, beside the shared event log. */
  long memoryBudgetBytes();

  /**
   * Starts a progress display.
   *
   * @param task what is counted, e.g. {@code "iterations"}, with what is being done before a comma:
   *     {@code "epoch 1 of 3, tokens"}
   * @param total the number of units, or -1 if unknown
   */
  Progress progress(String task, long total);

  /**
   * Runs {@code body.accept(0) … body.accept(tasks - 1)} on at most {@link #parallelism} threads,
   * in any order, and returns when all have ended. Cancellation is checked before each task. The
   * first exception stops further tasks and is thrown. What the tasks compute must not depend on
   * the order.
   */
  void parallel(int tasks, IntConsumer body);

  /**
   * Returns at once, or throws if the run was cancelled. Call it at least every second of work.
   *
   * @throws PluginException with {@link ErrorCode#CANCELLED}
   */
  void checkCancelled();

  /** A progress display; closing it ends it. */
  interface Progress extends AutoCloseable {
    /** Adds finished units. */
    void advance(long units);

    /** Shows a short remark beside the bar, such as {@code "loss 0.0123"}. */
    void note(String text);

    @Override
    void close();
  }
}
