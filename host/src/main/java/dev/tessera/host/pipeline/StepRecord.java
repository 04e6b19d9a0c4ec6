package dev.tessera.host.pipeline;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tessera.api.TrainingReport;
import dev.tessera.host.files.JsonFile;
import dev.tessera.host.store.EmbeddingFolder;
import java.util.List;
import java.util.Map;

/**
 * How one step's result was made: the content of {@code step.json}.
 *
 * @param step the step's name when it was made
 * @param plugin the plugin's id
 * @param pluginVersion the plugin's version
 * @param key the cache key
 * @param seed of every random choice
 * @param config the plugin's configuration, every value written out
 * @param inputs the steps it read, in order; missing ones left out
 * @param dimension D
 * @param columnNames D names, or empty
 * @param rows the number of clients
 * @param seconds wall time of fitting, saving and embedding
 * @param peakMemoryBytes the largest private memory of the whole process while the step ran
 * @param saturated values beyond float16, by column name
 * @param report what the plugin said of its training
 */
public record StepRecord(
    String step,
    String plugin,
    String pluginVersion,
    String key,
    long seed,
    JsonNode config,
    List<String> inputs,
    int dimension,
    List<String> columnNames,
    int rows,
    double seconds,
    long peakMemoryBytes,
    Map<String, Long> saturated,
    TrainingReport report) {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /** Writes {@code step.json}. */
  public void write(EmbeddingFolder folder) {
    JsonFile.write(JSON, folder.record(), this);
  }

  /** Reads {@code step.json}. */
  public static StepRecord read(EmbeddingFolder folder) {
    return JsonFile.read(
        JSON,
        folder.record(),
        StepRecord.class,
        "the record of a step",
        "delete the step's folder and run `tessera run` again");
  }
}
