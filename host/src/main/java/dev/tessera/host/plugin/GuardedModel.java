package dev.tessera.host.plugin;

import static java.util.Objects.requireNonNull;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EventLog;
import dev.tessera.api.TrainingReport;

/** A plugin's model; every call into it is guarded. */
final class GuardedModel extends GuardedStage implements EmbeddingModel {

  private final EmbeddingModel model;

  GuardedModel(EmbeddingModel model, String step, PluginCalls calls) {
    super(model, step, calls);
    this.model = model;
  }

  @Override
  public TrainingReport fit(EventLog events) {
    return ask("fit", () -> requireNonNull(model.fit(events), "fit returned null"));
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    run("embed", () -> model.embed(events, clients, guard(sink)));
  }
}
