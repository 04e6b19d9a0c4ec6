package dev.tessera.host.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.StepRecord;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.MergeColumns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the schema of a served embedding says of the run that it came from. */
final class RunMetadata {

  /**
   * The key of the columns that a merge has of each input: {@code {"stats": [0, 37]}}, from the
   * first to before the last.
   */
  static final String INPUTS_KEY = "tessera.inputs";

  private static final ObjectMapper JSON = new ObjectMapper();

  private RunMetadata() {}

  /**
   * The metadata of one step.
   *
   * @param run the run's name
   */
  static Map<String, String> of(String run, Manifest manifest, EmbeddingFolder folder) {
    StepRecord record = StepRecord.read(folder);
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("tessera.run", run);
    metadata.put("tessera.step", record.step());
    metadata.put("tessera.plugin", record.plugin() + " " + record.pluginVersion());
    metadata.put("tessera.plugins", json(manifest.plugins()));
    metadata.put(ServedEmbedding.KEY_KEY, record.key());
    metadata.put("tessera.seed", String.valueOf(record.seed()));
    metadata.put("tessera.data", manifest.data().fingerprint());
    Map<String, int[]> inputs = inputs(record);
    if (!inputs.isEmpty()) {
      metadata.put(INPUTS_KEY, json(inputs));
    }
    return metadata;
  }

  private static Map<String, int[]> inputs(StepRecord record) {
    List<String> owners = MergeColumns.owners(record.inputs(), record.columnNames());
    Map<String, int[]> ranges = new LinkedHashMap<>();
    for (int column = 0; column < owners.size(); column++) {
      int first = column;
      ranges.computeIfAbsent(owners.get(column), step -> new int[] {first, first})[1] = column + 1;
    }
    return ranges;
  }

  /** The ranges in a schema's metadata, by step; empty if there are none. */
  static Map<String, int[]> inputs(Map<String, String> metadata) {
    String json = metadata.get(INPUTS_KEY);
    try {
      return json == null
          ? Map.of()
          : JSON.readValue(
              json,
              JSON.getTypeFactory()
                  .constructMapType(LinkedHashMap.class, String.class, int[].class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
