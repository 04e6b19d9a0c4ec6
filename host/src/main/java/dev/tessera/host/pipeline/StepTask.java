package dev.tessera.host.pipeline;

import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A step to be run now.
 *
 * @param step which
 * @param key what its result is made from
 * @param folder where its result goes; empty
 * @param inputs the results it reads, in the order that its configuration names them
 * @param checkpoint the folder of its checkpoints; need not exist
 */
record StepTask(
    PlannedStep step,
    CacheKey key,
    EmbeddingFolder folder,
    Map<String, EmbeddingFolder> inputs,
    Path checkpoint) {

  StepTask {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }
}
