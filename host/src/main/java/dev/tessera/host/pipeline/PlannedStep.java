package dev.tessera.host.pipeline;

import dev.tessera.host.plugin.LoadedPlugin;
import java.util.List;

/**
 * One step, typed and checked, ready to run.
 *
 * @param name the step's name
 * @param plugin the plugin that makes it
 * @param config an instance of the plugin's configuration record
 * @param inputs the steps whose embeddings it reads; empty for a model
 */
public record PlannedStep(String name, LoadedPlugin plugin, Record config, List<String> inputs) {

  /** Copies the list. */
  public PlannedStep {
    inputs = List.copyOf(inputs);
  }

  /** Whether the step reads other steps rather than events. */
  public boolean isMerge() {
    return !inputs.isEmpty();
  }
}
