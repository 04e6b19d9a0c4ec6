package dev.tessera.host.cli;

import dev.tessera.host.flight.JsonAction;
import dev.tessera.host.plugin.PluginRegistry;
import dev.tessera.host.plugin.PluginStatus;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code tessera plugins list} prints, for clients of a server. */
final class ListPlugins {

  private ListPlugins() {}

  /** The action; it looks at the folders each time. */
  static JsonAction action(List<Path> folders) {
    return new JsonAction(
        "list-plugins",
        "Lists the plugins that the server has: id, version, state, what they do",
        List.of(),
        (body, call) -> list(folders));
  }

  private static List<Map<String, Object>> list(List<Path> folders) {
    try (PluginRegistry registry = PluginRegistry.load(folders)) {
      return registry.listed().stream().map(ListPlugins::facts).toList();
    }
  }

  private static Map<String, Object> facts(PluginStatus status) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", status.id());
    facts.put("version", status.version());
    facts.put("state", status.state().name().toLowerCase(Locale.ROOT));
    status
        .info()
        .ifPresentOrElse(
            info -> {
              facts.put(
                  "reads", info.reads().stream().sorted().map(kind -> kind.tableName()).toList());
              facts.put("summary", info.summary());
            },
            () -> facts.put("why", status.why()));
    return facts;
  }
}
