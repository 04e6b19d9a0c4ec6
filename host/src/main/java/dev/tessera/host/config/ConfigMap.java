package dev.tessera.host.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keys and values, in the order of the file.
 *
 * @param path see {@link ConfigNode#path}
 * @param origin see {@link ConfigNode#origin}
 * @param entries by key
 */
public record ConfigMap(String path, Origin origin, Map<String, ConfigNode> entries)
    implements ConfigNode {

  /** Copies the entries, keeping order. */
  public ConfigMap {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  @Override
  public String describe() {
    return "a map of keys";
  }
}
