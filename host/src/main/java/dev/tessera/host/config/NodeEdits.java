package dev.tessera.host.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** New trees from old ones: merged, overridden, or with each single value replaced. */
final class NodeEdits {

  private NodeEdits() {}

  /**
   * Later over earlier, key by key; anything that is not a map on both sides is replaced whole. A
   * map that the later side leaves empty ({@code lightfm: ~}) is taken out.
   */
  static ConfigMap merge(ConfigMap earlier, ConfigMap later) {
    Map<String, ConfigNode> entries = new LinkedHashMap<>(earlier.entries());
    later
        .entries()
        .forEach(
            (key, value) -> {
              ConfigNode before = entries.get(key);
              if (before instanceof ConfigMap && isEmpty(value)) {
                entries.remove(key);
              } else if (before instanceof ConfigMap below && value instanceof ConfigMap above) {
                entries.put(key, merge(below, above));
              } else {
                entries.put(key, value);
              }
            });
    return new ConfigMap(earlier.path(), earlier.origin(), entries);
  }

  private static boolean isEmpty(ConfigNode node) {
    return node instanceof ConfigScalar scalar && scalar.type() == ConfigScalar.Type.EMPTY;
  }

  /** With one value set; maps on the way are made where there are none. */
  static ConfigMap set(ConfigMap root, ConfigOverride override) {
    return setIn(root, List.of(override.path().split("\\.")), override);
  }

  private static ConfigMap setIn(ConfigMap map, List<String> keys, ConfigOverride override) {
    Map<String, ConfigNode> entries = new LinkedHashMap<>(map.entries());
    String key = keys.get(0);
    String path = ConfigErrors.join(map.path(), key);
    ConfigNode below = entries.getOrDefault(key, new ConfigMap(path, override.origin(), Map.of()));
    entries.put(key, setBelow(below, keys.subList(1, keys.size()), override));
    return new ConfigMap(map.path(), map.origin(), entries);
  }

  private static ConfigNode setBelow(ConfigNode node, List<String> keys, ConfigOverride override) {
    if (keys.isEmpty()) {
      return override.node();
    }
    if (node instanceof ConfigMap map) {
      return setIn(map, keys, override);
    }
    if (node instanceof ConfigList list) {
      List<ConfigNode> items = new ArrayList<>(list.items());
      int index = index(list, keys.get(0), override);
      items.set(index, setBelow(items.get(index), keys.subList(1, keys.size()), override));
      return new ConfigList(list.path(), list.origin(), items);
    }
    throw ConfigErrors.at(
        "config",
        "'%s' has no keys below it, it is %s (%s)"
            .formatted(node.path(), node.describe(), node.origin().describe()),
        override.path(),
        override.origin());
  }

  private static int index(ConfigList list, String key, ConfigOverride override) {
    if (key.matches("\\d{1,9}") && Integer.parseInt(key) < list.items().size()) {
      return Integer.parseInt(key);
    }
    throw ConfigErrors.at(
        "config",
        "'%s' is a list of %d, its items are numbered from 0, was '%s'"
            .formatted(list.path(), list.items().size(), key),
        override.path(),
        override.origin());
  }

  /** With each single value replaced. */
  static ConfigMap mapScalars(ConfigMap map, UnaryOperator<ConfigScalar> change) {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    map.entries().forEach((key, value) -> entries.put(key, mapNode(value, change)));
    return new ConfigMap(map.path(), map.origin(), entries);
  }

  private static ConfigNode mapNode(ConfigNode node, UnaryOperator<ConfigScalar> change) {
    if (node instanceof ConfigMap map) {
      return mapScalars(map, change);
    }
    if (node instanceof ConfigList list) {
      return new ConfigList(
          list.path(),
          list.origin(),
          list.items().stream().map(item -> mapNode(item, change)).toList());
    }
    return change.apply((ConfigScalar) node);
  }
}
