package dev.tessera.host.pipeline;

import dev.tessera.host.progress.ProgressDisplay;
import java.util.function.BooleanSupplier;

/**
 * What all steps of a run share.
 *
 * @param seed of every random choice
 * @param threads per step, at least 1
 * @param lanes how many steps may run side by side
 * @param memoryBytes what the steps may take together, heap and native, beside mapped files
 * @param device {@code cpu} or {@code cuda:N}
 * @param progress where progress is shown
 * @param cancelled asked often; true ends the run
 */
public record RunSettings(
    long seed,
    int threads,
    int lanes,
    long memoryBytes,
    String device,
    ProgressDisplay progress,
    BooleanSupplier cancelled) {}
