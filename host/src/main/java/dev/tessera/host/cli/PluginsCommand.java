package dev.tessera.host.cli;

import dev.tessera.api.EventKind;
import dev.tessera.api.PluginInfo;
import dev.tessera.host.config.RecordType;
import dev.tessera.host.plugin.LoadedPlugin;
import dev.tessera.host.plugin.PluginRegistry;
import dev.tessera.host.plugin.PluginStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera plugins}: what there is, and what each can be told. */
@Command(
    name = "plugins",
    mixinStandardHelpOptions = true,
    description = "Show the plugins that were found, and the keys of each.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera plugins list",
      "  tessera plugins info als",
      "  tessera plugins list --plugins-dir my-models/target"
    })
final class PluginsCommand implements Runnable {

  private static final String FOLDER_HELP =
      "A further folder with plugin jars, beside those of the installation and ./plugins.";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "wanted list or info");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line for each jar, and for what needs none; a broken one says why.",
      footerHeading = "%nExample:%n",
      footer = "  tessera plugins list --plugins-dir my-plugins")
  int list(
      @Option(names = "--plugins-dir", paramLabel = "DIR", description = FOLDER_HELP)
          List<Path> folders) {
    PrintWriter out = spec.commandLine().getOut();
    try (PluginRegistry registry = PluginRegistry.load(Installation.pluginFolders(folders))) {
      if (registry.statuses().isEmpty()) {
        out.println("No plugin jars in " + Installation.pluginFolders(folders));
      }
      TextTable table = new TextTable("plugin", "version", "state", "reads", "what it does");
      registry.listed().forEach(status -> table.row(row(status)));
      table.print(out);
      out.flush();
    }
    return 0;
  }

  private static String[] row(PluginStatus status) {
    return new String[] {
      status.id(),
      status.version(),
      status.state().name().toLowerCase(Locale.ROOT),
      status.info().map(PluginsCommand::reads).orElse(""),
      status
          .info()
          .map(PluginInfo::summary)
          .orElse(status.jar().getFileName() + ": " + status.why())
    };
  }

  private static String reads(PluginInfo info) {
    return info.reads().isEmpty()
        ? "embeddings"
        : info.reads().stream()
            .sorted()
            .map(EventKind::tableName)
            .collect(Collectors.joining(", "));
  }

  @Command(
      name = "info",
      mixinStandardHelpOptions = true,
      description = "Every key of a plugin: type, default, unit, range, meaning.",
      footerHeading = "%nExample:%n",
      footer = "  tessera plugins info als")
  int info(
      @Parameters(paramLabel = "ID", description = "The plugin's id, as `plugins list` shows it.")
          String id,
      @Option(names = "--plugins-dir", paramLabel = "DIR", description = FOLDER_HELP)
          List<Path> folders) {
    PrintWriter out = spec.commandLine().getOut();
    try (PluginRegistry registry = PluginRegistry.load(Installation.pluginFolders(folders))) {
      LoadedPlugin plugin = registry.require(id);
      out.printf("%s %s: %s%n", plugin.id(), plugin.version(), plugin.info().summary());
      out.printf("  reads        %s%n", reads(plugin.info()));
      out.printf("  new clients  %s%n", newClients(plugin.info()));
      out.printf("  jar          %s%n%n", plugin.jar());
      ConfigKeys keys = new ConfigKeys(RecordType.of(plugin.configType()));
      keys.table().print(out);
      out.printf("%nAs a step of a configuration, with the defaults written out:%n%n");
      out.print(keys.example(plugin.id()));
      out.flush();
    }
    return 0;
  }

  private static String newClients(PluginInfo info) {
    return switch (info.newClients()) {
      case EMBEDDED -> "embedded from their own events";
      case FOLDED_IN -> "folded in, with the fitted items held fixed";
      case ZERO -> "get zeros";
    };
  }
}
