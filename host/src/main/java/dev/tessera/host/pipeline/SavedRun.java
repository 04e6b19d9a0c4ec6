package dev.tessera.host.pipeline;

import dev.tessera.host.config.RecordJson;
import dev.tessera.host.plugin.LoadedPlugin;
import dev.tessera.host.plugin.PluginRegistry;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The saved models of a run, to be applied to other events or clients.
 *
 * @param folder the run
 * @param manifest its description
 */
record SavedRun(RunFolder folder, Manifest manifest) {

  static SavedRun open(RunFolder folder) {
    return new SavedRun(folder, folder.manifest());
  }

  /** The steps that have a result, with their plugins and the configuration they were made with. */
  List<PlannedStep> steps(PluginRegistry registry) {
    List<PlannedStep> steps = new ArrayList<>();
    for (String name : folder.steps()) {
      StepRecord record = record(name);
      LoadedPlugin plugin = registry.require(record.plugin());
      Record config =
          RecordJson.read(
              record.config().toString(),
              plugin.configType(),
              plugin.id(),
              stepFolder(name).record());
      steps.add(new PlannedStep(name, plugin, config, record.inputs()));
    }
    return steps;
  }

  /** Steps whose model was saved by another version of its plugin: one line each. */
  List<String> versionWarnings(List<PlannedStep> steps) {
    return steps.stream()
        .filter(step -> !record(step.name()).pluginVersion().equals(step.plugin().version()))
        .map(
            step ->
                "step %s was trained with %s %s and is opened with %s"
                    .formatted(
                        step.name(),
                        step.plugin().id(),
                        record(step.name()).pluginVersion(),
                        step.plugin().version()))
        .toList();
  }

  /** Where a step's model was saved. */
  Path model(String step) {
    return stepFolder(step).model();
  }

  /** How a step was made. */
  StepRecord record(String step) {
    return StepRecord.read(stepFolder(step));
  }

  private EmbeddingFolder stepFolder(String step) {
    return folder.step(manifest.data().mode(), step);
  }
}
