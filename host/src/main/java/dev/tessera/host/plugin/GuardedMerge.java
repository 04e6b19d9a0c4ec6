package dev.tessera.host.plugin;

import static java.util.Objects.requireNonNull;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.Embeddings;
import dev.tessera.api.TrainingReport;
import java.nio.file.Path;
import java.util.List;

/** A plugin's merge; every call into it is guarded. */
final class GuardedMerge implements EmbeddingMerge {

  private final EmbeddingMerge merge;
  private final GuardedStage guard;

  GuardedMerge(EmbeddingMerge merge, GuardedStage guard) {
    this.merge = merge;
    this.guard = guard;
  }

  @Override
  public TrainingReport fit(List<Embeddings> inputs, ClientSelection clients) {
    return guard.ask("fit", () -> requireNonNull(merge.fit(inputs, clients), "fit returned null"));
  }

  @Override
  public void merge(List<Embeddings> inputs, ClientSelection clients, EmbeddingSink sink) {
    guard.run("merge", () -> merge.merge(inputs, clients, guard.guard(sink)));
  }

  @Override
  public int dimension() {
    return guard.dimension();
  }

  @Override
  public List<String> columnNames() {
    return guard.columnNames();
  }

  @Override
  public void save(Path modelDirectory) {
    guard.save(modelDirectory);
  }

  @Override
  public void close() {
    guard.close();
  }
}
