package dev.tessera.host.config;

import dev.tessera.api.PluginException;
import java.util.List;

/**
 * One step of a run, its plugin's keys not yet typed.
 *
 * @param name lower case, digits, {@code _} and {@code -}: also the name of its output folder
 * @param plugin the plugin's id
 * @param pluginOrigin where the plugin is named, for messages
 * @param node the step's keys, {@code plugin} included
 */
public record StepConfig(String name, String plugin, Origin pluginOrigin, ConfigMap node) {

  /** The key that names the plugin; the others are the plugin's. */
  static final String PLUGIN = "plugin";

  /**
   * Types the step's keys.
   *
   * @throws PluginException INVALID_CONFIG, one line
   */
  public <C extends Record> BoundRecord<C> bind(Class<C> configType) {
    return new RecordBinder(plugin).bind(node, configType, List.of(PLUGIN));
  }
}
