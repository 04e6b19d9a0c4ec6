package dev.tessera.host.plugin;

import static java.util.Objects.requireNonNull;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.Embeddings;
import dev.tessera.api.TrainingReport;
import java.util.List;

/** A plugin's merge; every call into it is guarded. */
final class GuardedMerge extends GuardedStage implements EmbeddingMerge {

  private final EmbeddingMerge merge;

  GuardedMerge(EmbeddingMerge merge, String step, PluginCalls calls) {
    super(merge, step, calls);
    this.merge = merge;
  }

  @Override
  public TrainingReport fit(List<Embeddings> inputs, ClientSelection clients) {
    return ask("fit", () -> requireNonNull(merge.fit(inputs, clients), "fit returned null"));
  }

  @Override
  public void merge(List<Embeddings> inputs, ClientSelection clients, EmbeddingSink sink) {
    run("merge", () -> merge.merge(inputs, clients, guard(sink)));
  }
}
