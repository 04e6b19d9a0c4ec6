package dev.tessera.host.config;

import dev.tessera.api.PluginException;

/**
 * One step of a run, its plugin's keys not yet typed.
 *
 * @param name lower case, digits, {@code _} and {@code -}: also the name of its output folder
 * @param plugin the plugin's id
 * @param pluginOrigin where the plugin is named, for messages
 * @param node the plugin's keys: the step's, without {@code plugin}
 */
public record StepConfig(String name, String plugin, Origin pluginOrigin, ConfigMap node) {

  /**
   * Types the step's keys.
   *
   * @throws PluginException INVALID_CONFIG, one line
   */
  public <C extends Record> BoundRecord<C> bind(Class<C> configType) {
    return new RecordBinder(plugin).bind(node, configType);
  }
}
