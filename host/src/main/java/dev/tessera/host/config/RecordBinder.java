package dev.tessera.host.config;

import dev.tessera.api.PluginException;

/**
 * Fills records whose components carry {@link dev.tessera.api.ConfigKey} from configuration nodes.
 * Strict: an unknown key, a wrong type, a number out of range and a missing key are errors that
 * name the key and its place.
 */
public final class RecordBinder {

  private final String subject;

  /**
   * A binder.
   *
   * @param subject shown in brackets before every message: the plugin's id, or {@code run}
   */
  public RecordBinder(String subject) {
    this.subject = subject;
  }

  /**
   * Fills a record.
   *
   * @throws PluginException INVALID_CONFIG, one line
   */
  public <C extends Record> BoundRecord<C> bind(ConfigMap node, Class<C> type) {
    throw new UnsupportedOperationException("skeleton" + node + type + subject);
  }
}
