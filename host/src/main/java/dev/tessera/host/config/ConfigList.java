package dev.tessera.host.config;

import java.util.List;

/**
 * Values in order.
 *
 * @param path see {@link ConfigNode#path}
 * @param origin see {@link ConfigNode#origin}
 * @param items their paths end in their index, counted from 0
 */
public record ConfigList(String path, Origin origin, List<ConfigNode> items) implements ConfigNode {

  /** Copies the items. */
  public ConfigList {
    items = List.copyOf(items);
  }

  @Override
  public String describe() {
    return "a list";
  }
}
