package dev.tessera.host.flight;

import dev.tessera.api.Embeddings;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A step to embed events with, under the name that clients ask for.
 *
 * @param run has the models
 * @param schema of the vectors' stream
 */
record LiveStep(LiveRun run, OpenedStep step, Schema schema) {

  /**
   * Names a step.
   *
   * @param further metadata of the stream, beside what is said of every step
   */
  static LiveStep named(String name, LiveRun run, OpenedStep step, Map<String, String> further) {
    Map<String, String> metadata = new LinkedHashMap<>(further);
    metadata.put("tessera.step", step.name());
    metadata.put("tessera.plugin", step.plugin());
    metadata.put("tessera.key", run.run().record(step.name()).key());
    metadata.put("tessera.live", "true");
    Embeddings none = new Embeddings(step.name(), step.dimension(), step.columnNames(), List.of());
    return new LiveStep(run, step, new ServedEmbedding(name, none, metadata).schema());
  }
}
