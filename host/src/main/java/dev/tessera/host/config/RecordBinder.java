package dev.tessera.host.config;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills records whose components carry {@link dev.tessera.api.ConfigKey} from configuration nodes.
 * Strict: an unknown key, a wrong type, a number out of range and a missing key are errors that
 * name the key and its place.
 */
public final class RecordBinder {

  private final String subject;
  private final ScalarReader scalars;
  private final List<BoundValue> bound = new ArrayList<>();

  /**
   * A binder for one record.
   *
   * @param subject shown in brackets before every message: the plugin's id, or {@code run}
   */
  public RecordBinder(String subject) {
    this.subject = subject;
    this.scalars = new ScalarReader(subject);
  }

  /**
   * Fills a record.
   *
   * @throws PluginException INVALID_CONFIG, one line; INTERNAL if the record's constructor throws
   *     anything but IllegalArgumentException
   * @throws IllegalArgumentException if the type is not a configuration record
   */
  public <C extends Record> BoundRecord<C> bind(ConfigMap node, Class<C> type) {
    return bind(node, type, List.of());
  }

  /** Fills a record from a map that also has keys which others read. */
  <C extends Record> BoundRecord<C> bind(ConfigMap node, Class<C> type, List<String> others) {
    bound.clear();
    C record = fill(node, RecordType.of(type), others);
    return new BoundRecord<>(record, bound);
  }

  /** Reads the default of a key as if it stood in a file. */
  void convertDefault(KeySpec key) {
    convert(key.defaultNode(key.name()), key.type(), key);
  }

  private <C extends Record> C fill(ConfigMap node, RecordType<C> type, List<String> others) {
    List<String> known = new ArrayList<>(type.keys().stream().map(KeySpec::name).toList());
    known.addAll(others);
    node.entries()
        .forEach(
            (name, value) -> {
              if (!known.contains(name)) {
                String hint = Names.hint(name, known);
                throw ConfigErrors.at(subject, "unknown key '" + name + "'" + hint, value);
              }
            });
    List<Object> values = new ArrayList<>();
    for (KeySpec key : type.keys()) {
      values.add(convert(valueOf(key, node), key.type(), key));
    }
    try {
      return type.create(values);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IllegalArgumentException) {
        throw ConfigErrors.at(subject, String.valueOf(cause.getMessage()), node);
      }
      throw new PluginException(
          ErrorCode.INTERNAL,
          "[%s] making a %s failed with %s".formatted(subject, type.name(), cause),
          cause);
    }
  }

  private ConfigNode valueOf(KeySpec key, ConfigMap node) {
    ConfigNode given = node.entries().get(key.name());
    if (given != null) {
      return given;
    }
    String path = ConfigErrors.join(node.path(), key.name());
    if (key.required()) {
      throw ConfigErrors.at(
          subject,
          "%s is required: %s".formatted(key.name(), key.declared().value()),
          path,
          node.origin());
    }
    return key.defaultNode(path);
  }

  private Object convert(ConfigNode node, ValueType type, KeySpec key) {
    if (type instanceof ValueType.Nested nested) {
      return fill(map(node, type, key), nested.type(), List.of());
    }
    if (type instanceof ValueType.Sequence sequence) {
      return list(node, sequence, key);
    }
    if (type instanceof ValueType.Mapping mapping) {
      return mapping(map(node, type, key), mapping, key);
    }
    Object value = scalars.read(node, type, key);
    bound.add(new BoundValue(node.path(), YamlText.of(value), node.origin()));
    return value;
  }

  private List<Object> list(ConfigNode node, ValueType.Sequence type, KeySpec key) {
    if (!(node instanceof ConfigList list)) {
      throw scalars.mistyped(node, type, key);
    }
    if (list.items().isEmpty()) {
      bound.add(new BoundValue(node.path(), "[]", node.origin()));
    }
    return list.items().stream().map(item -> convert(item, type.item(), key)).toList();
  }

  private Map<Object, Object> mapping(ConfigMap node, ValueType.Mapping type, KeySpec key) {
    if (node.entries().isEmpty()) {
      bound.add(new BoundValue(node.path(), "{}", node.origin()));
    }
    Map<Object, Object> values = new LinkedHashMap<>();
    node.entries()
        .forEach(
            (name, value) ->
                values.put(keyOf(name, value, type.keys()), convert(value, type.values(), key)));
    return Collections.unmodifiableMap(values);
  }

  private Object keyOf(String name, ConfigNode value, ValueType type) {
    if (!(type instanceof ValueType.Choice choice)) {
      return name;
    }
    return choice
        .constant(name)
        .<Object>map(constant -> constant)
        .orElseThrow(
            () ->
                ConfigErrors.at(
                    subject,
                    "unknown key '" + name + "'" + Names.hint(name, choice.names()),
                    value));
  }

  private ConfigMap map(ConfigNode node, ValueType type, KeySpec key) {
    if (node instanceof ConfigMap map) {
      return map;
    }
    throw scalars.mistyped(node, type, key);
  }
}
