package dev.tessera.host.config;

import dev.tessera.api.PluginException;

/**
 * Configuration records as JSON: kebab-case keys in the order of the components, every value
 * written out, so that equal records give equal text. Used in cache keys and kept beside models.
 */
public final class RecordJson {

  private RecordJson() {}

  /** The one rendering of a record. */
  public static String write(Record record) {
    throw new UnsupportedOperationException("skeleton" + record);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param subject the plugin's id, for messages
   * @param where the file that holds the text, for messages
   * @throws PluginException INVALID_CONFIG if it does not fit the type
   */
  public static <C extends Record> C read(
      String json, Class<C> type, String subject, java.nio.file.Path where) {
    throw new UnsupportedOperationException("skeleton" + json + type + subject + where);
  }
}
