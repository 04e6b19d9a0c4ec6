package dev.tessera.host.pipeline;

import dev.tessera.api.ClientSelection;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.config.MemoryLimit;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Which saved models to apply to what.
 *
 * @param run the run whose models are applied
 * @param out where the embeddings go
 * @param data the events; those of the run if not given
 * @param mode which part of the data; that of the run if not given
 * @param clients whom to embed; if not given, the data's relevant clients as a run would
 * @param workspace where event stores are kept
 * @param pluginFolders where plugin jars are
 * @param threads per step
 * @param device where models compute
 * @param memoryLimit what the steps together may take
 * @param display where progress is shown
 * @param cancelled asked often; true ends the work
 * @param listener told of each step's outcome
 */
public record EmbedRequest(
    Path run,
    Path out,
    Optional<Path> data,
    Optional<Mode> mode,
    Optional<ClientSelection> clients,
    Path workspace,
    List<Path> pluginFolders,
    int threads,
    DeviceName device,
    MemoryLimit memoryLimit,
    ProgressDisplay display,
    BooleanSupplier cancelled,
    Consumer<StepOutcome> listener) {}
