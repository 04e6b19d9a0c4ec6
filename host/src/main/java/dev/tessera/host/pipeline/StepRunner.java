package dev.tessera.host.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.Embeddings;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginException;
import dev.tessera.api.Stage;
import dev.tessera.api.TrainingReport;
import dev.tessera.host.config.RecordJson;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.EmbeddingOutput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Runs one step into a folder: makes or opens its stage, lets it learn, saves it, writes its
 * embedding. Safe for several steps at once.
 */
final class StepRunner {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventLog log;
  private final ClientSelection clients;
  private final RunSettings settings;
  private final BufferAllocator allocator;
  private final MemoryProbe probe;

  /**
   * A runner over one log.
   *
   * @param clients whom every step writes
   * @param allocator parent of each step's allocator; outlives this object
   */
  StepRunner(
      EventLog log,
      ClientSelection clients,
      RunSettings settings,
      BufferAllocator allocator,
      MemoryProbe probe) {
    this.log = log;
    this.clients = clients;
    this.settings = settings;
    this.allocator = allocator;
    this.probe = probe;
  }

  /** Where a stage comes from. */
  private interface StageSource {
    Stage stage(StepContext context);
  }

  /** Trains the step, saves its model and writes its embedding. */
  StepRecord train(StepTask task) {
    PlannedStep step = task.step();
    return run(task, context -> step.plugin().create(step.config(), context), true);
  }

  /**
   * Opens the step's saved model and writes the embedding of this log.
   *
   * @param model what an earlier run saved
   */
  StepRecord apply(StepTask task, Path model) {
    PlannedStep step = task.step();
    return run(task, context -> step.plugin().open(step.config(), model, context), false);
  }

  private StepRecord run(StepTask task, StageSource source, boolean learn) {
    PlannedStep step = task.step();
    long start = System.nanoTime();
    MemoryProbe.Watch watch = probe.open();
    Path scratch = task.folder().path().resolve("scratch");
    try (MappedInputs mapped = new MappedInputs(task.inputs(), allocator);
        StepContext context =
            new StepContext(step, settings, allocator, scratch, task.checkpoint());
        Stage stage = source.stage(context)) {
      TrainingReport report =
          learn ? learn(stage, mapped.embeddings(), task.folder()) : TrainingReport.empty();
      Map<String, Long> saturated = write(step, stage, mapped.embeddings(), task.folder());
      probe.end(watch);
      return new StepRecord(
          step.name(),
          step.plugin().id(),
          step.plugin().version(),
          task.key().hex(),
          settings.seed(),
          config(step),
          List.copyOf(task.inputs().keySet()),
          stage.dimension(),
          stage.columnNames(),
          clients.size(),
          (System.nanoTime() - start) / 1e9,
          watch.peakBytes(),
          saturated,
          report);
    } finally {
      probe.end(watch);
    }
  }

  private TrainingReport learn(Stage stage, List<Embeddings> inputs, EmbeddingFolder folder) {
    TrainingReport report =
        stage instanceof EmbeddingMerge merge
            ? merge.fit(inputs, clients)
            : ((EmbeddingModel) stage).fit(log);
    Folders.create(folder.model());
    stage.save(folder.model());
    return report;
  }

  private Map<String, Long> write(
      PlannedStep step, Stage stage, List<Embeddings> inputs, EmbeddingFolder folder) {
    try (BufferAllocator buffers =
            allocator.newChildAllocator("output " + step.name(), 0, allocator.getLimit());
        EmbeddingOutput output =
            new EmbeddingOutput(
                folder, step.name(), stage.dimension(), stage.columnNames(), clients, buffers)) {
      if (stage instanceof EmbeddingMerge merge) {
        merge.merge(inputs, clients, output);
      } else {
        ((EmbeddingModel) stage).embed(log, clients, output);
      }
      output.finish();
      return output.saturatedValues();
    }
  }

  private static JsonNode config(PlannedStep step) {
    try {
      return JSON.readTree(RecordJson.write(step.config()));
    } catch (JsonProcessingException e) {
      throw new PluginException(ErrorCode.INTERNAL, e.getMessage(), e);
    }
  }
}
