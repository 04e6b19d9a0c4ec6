package dev.tessera.host.publish;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.files.FileDigest;
import dev.tessera.host.pipeline.Folders;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.pipeline.StepOutcome;
import dev.tessera.host.pipeline.StepRecord;
import dev.tessera.host.store.ArrivingEmbedding;
import dev.tessera.host.store.EmbeddingFolder;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Makes of an embedding that no plugin made a run of one step, so that all that serves, merges and
 * lists runs takes it too.
 *
 * @param name of the step
 * @param dimension D
 * @param columnNames D names, or empty
 * @param from who brings it, for the manifest
 */
public record ForeignRun(String name, int dimension, List<String> columnNames, String from) {

  /** What stands where a plugin's id would. */
  public static final String PLUGIN = "put";

  /**
   * Writes the run's folder.
   *
   * @param rows is lent what takes the rows
   * @param allocator for small buffers
   * @throws PluginException if the rows are not as a plugin's have to be
   */
  public void write(RunFolder run, Consumer<ArrivingEmbedding> rows, BufferAllocator allocator) {
    Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    long start = System.nanoTime();
    EmbeddingFolder folder = run.step(Mode.SUBMIT, name);
    Folders.create(folder.path());
    long count;
    Map<String, Long> saturated;
    try (ArrivingEmbedding arriving =
        new ArrivingEmbedding(folder.arrow(), name, dimension, columnNames, allocator)) {
      rows.accept(arriving);
      count = arriving.finish();
      saturated = arriving.saturatedValues();
    }
    String content = content(folder);
    double seconds = (System.nanoTime() - start) / 1e9;
    StepRecord record =
        new StepRecord(
            name,
            PLUGIN,
            "",
            content,
            0,
            JsonNodeFactory.instance.objectNode(),
            List.of(),
            dimension,
            columnNames,
            Math.toIntExact(count),
            seconds,
            0,
            saturated,
            TrainingReport.empty());
    record.write(folder);
    run.write(
        new Manifest(
            new Manifest.Host("", "", ""),
            started.toString(),
            seconds,
            new Manifest.Data(Mode.SUBMIT, "", content, List.of()),
            new Manifest.Resources(0, 0, 0, 0),
            Map.of("put by", from),
            Map.of(),
            List.of(
                new StepOutcome(name, PLUGIN, StepOutcome.Status.DONE, Optional.of(record), ""))));
  }

  private static String content(EmbeddingFolder folder) {
    try {
      return FileDigest.sha256(folder.arrow()).substring(0, 32);
    } catch (IOException e) {
      throw FileFault.of(folder.arrow(), "cannot be read", e);
    }
  }
}
