package dev.tessera.host.plugin;

import static java.util.Objects.requireNonNull;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EventLog;
import dev.tessera.api.TrainingReport;
import java.nio.file.Path;
import java.util.List;

/** A plugin's model; every call into it is guarded. */
final class GuardedModel implements EmbeddingModel {

  private final EmbeddingModel model;
  private final GuardedStage guard;

  GuardedModel(EmbeddingModel model, GuardedStage guard) {
    this.model = model;
    this.guard = guard;
  }

  @Override
  public TrainingReport fit(EventLog events) {
    return guard.ask("fit", () -> requireNonNull(model.fit(events), "fit returned null"));
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    guard.run("embed", () -> model.embed(events, clients, guard.guard(sink)));
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
