package dev.tessera.host.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.BoundValue;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RunConfig;
import dev.tessera.host.config.StepConfig;
import dev.tessera.host.pipeline.RunPlan;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tessera config}: what a configuration comes to. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Check a configuration and show what it comes to.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera config explain configs/quick.yaml",
      "  tessera config explain configs/quick.yaml steps.als_visits.factors=64"
    })
final class ConfigCommand implements Runnable {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "wanted explain");
  }

  @Command(
      name = "explain",
      mixinStandardHelpOptions = true,
      description = "Shows every value, defaults included, and where it came from.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  tessera config explain configs/quick.yaml steps.als_visits.factors=64",
        "  tessera config explain configs/best_solution.yaml --profile cpu"
      })
  int explain(
      @Mixin ConfigChoice choice,
      @Option(
              names = "--plugins-dir",
              paramLabel = "DIR",
              description = "A further folder with plugin jars.")
          List<Path> folders,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    RunConfig run =
        RunConfig.of(ConfigTree.read(choice.files(), choice.overrides(), System.getenv()));
    List<BoundValue> all = new ArrayList<>(run.values());
    List<Path> pluginFolders = new ArrayList<>(Installation.pluginFolders(folders));
    pluginFolders.addAll(run.plugins());
    try (PluginRegistry registry = PluginRegistry.load(pluginFolders)) {
      RunPlan.of(run, registry, RunPlan.Selection.ALL); // finds what only the whole shows
      for (StepConfig step : run.steps()) {
        all.add(
            new BoundValue("steps." + step.name() + ".plugin", step.plugin(), step.pluginOrigin()));
        all.addAll(step.bind(registry.require(step.plugin()).configType()).values());
      }
    }
    print(all, json);
    return 0;
  }

  private void print(List<BoundValue> values, boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Map<String, String>> rows =
          values.stream()
              .map(
                  value ->
                      Map.of(
                          "key", value.path(),
                          "value", value.value(),
                          "origin", value.origin().describe()))
              .toList();
      try {
        out.println(JSON.writeValueAsString(rows));
      } catch (IOException e) {
        throw new PluginException(ErrorCode.INTERNAL, e.getMessage(), e);
      }
    } else {
      TextTable table = new TextTable("key", "value", "from");
      values.forEach(value -> table.row(value.path(), value.value(), value.origin().describe()));
      table.print(out);
    }
    out.flush();
  }
}
