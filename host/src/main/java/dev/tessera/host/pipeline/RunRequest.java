package dev.tessera.host.pipeline;

import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a user asks to be run.
 *
 * @param files configuration files, merged from left to right
 * @param overrides values over those of the files
 * @param selection which steps
 * @param pluginFolders where plugin jars are
 * @param lanes how many steps may run side by side
 * @param display where progress is shown
 * @param cancelled asked often; true ends the run
 * @param listener told of each step's outcome, from the step's thread
 */
public record RunRequest(
    List<Path> files,
    List<ConfigOverride> overrides,
    RunPlan.Selection selection,
    List<Path> pluginFolders,
    int lanes,
    ProgressDisplay display,
    BooleanSupplier cancelled,
    Consumer<StepOutcome> listener) {}
