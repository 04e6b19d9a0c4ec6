package dev.tessera.host.plugin;

import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the guarded model and merge inherit: each call into the plugin's stage is a guarded call
 * that names the step.
 */
abstract class GuardedStage {

  private final Stage stage;
  private final String step;
  private final PluginCalls calls;

  GuardedStage(Stage stage, String step, PluginCalls calls) {
    this.stage = stage;
    this.step = step;
    this.calls = calls;
  }

  /** Wraps a plugin's stage, which the result owns. */
  static Stage guard(Stage stage, String step, PluginCalls calls) {
    return stage instanceof EmbeddingModel model
        ? new GuardedModel(model, step, calls)
        : new GuardedMerge((EmbeddingMerge) stage, step, calls);
  }

  final <T> T ask(String method, Supplier<T> body) {
    return calls.ask("%s of step %s".formatted(method, step), body);
  }

  final void run(String method, Runnable body) {
    calls.run("%s of step %s".formatted(method, step), body);
  }

  /** The host's sink, called with the host's class loader again. */
  final EmbeddingSink guard(EmbeddingSink sink) {
    String what = "taking the rows of step " + step;
    return batch -> calls.runInHost(what, () -> sink.accept(batch));
  }

  public final int dimension() {
    return ask("dimension", stage::dimension);
  }

  public final List<String> columnNames() {
    return ask("columnNames", () -> List.copyOf(stage.columnNames()));
  }

  public final void save(Path modelDirectory) {
    run("save", () -> stage.save(modelDirectory));
  }

  public final void close() {
    run("close", stage::close);
  }
}
