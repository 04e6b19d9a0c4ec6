package dev.tessera.host.live;

import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.Embeddings;
import dev.tessera.api.EventLog;
import dev.tessera.host.pipeline.OpenedRun;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/** Runs one step and those it reads over a log, each once. */
final class StepChain {

  private final OpenedRun run;
  private final OpenedStep wanted;
  private final BufferAllocator allocator;

  StepChain(OpenedRun run, OpenedStep wanted, BufferAllocator allocator) {
    this.run = run;
    this.wanted = wanted;
    this.allocator = allocator;
  }

  /** The wanted step's vectors of all clients of the log; the caller closes them. */
  LiveVectors embed(EventLog log) {
    Map<String, LiveVectors> made = new LinkedHashMap<>();
    try {
      LiveVectors result = embed(wanted, log, made);
      made.remove(wanted.name());
      return result;
    } finally {
      made.values().forEach(LiveVectors::close);
    }
  }

  private LiveVectors embed(OpenedStep step, EventLog log, Map<String, LiveVectors> made) {
    LiveVectors known = made.get(step.name());
    if (known != null) {
      return known;
    }
    List<Embeddings> inputs =
        step.inputs().stream()
            .map(name -> embed(run.find(name).orElseThrow(), log, made).embeddings())
            .toList();
    LiveVectors vectors = new LiveVectors(step, log.relevantClients(), allocator);
    made.put(step.name(), vectors);
    if (step.stage() instanceof EmbeddingMerge merge) {
      merge.merge(inputs, log.relevantClients(), vectors);
    } else {
      ((EmbeddingModel) step.stage()).embed(log, log.relevantClients(), vectors);
    }
    return vectors.complete();
  }
}
