package dev.tessera.host.config;

import dev.tessera.api.ConfigKey;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration record, checked: every component has a {@link ConfigKey}, a type that can be
 * filled, and a default that fits it.
 *
 * @param <C> the record
 */
public final class RecordType<C extends Record> {

  private final Class<C> type;
  private final List<KeySpec> keys;

  private RecordType(Class<C> type, List<KeySpec> keys) {
    this.type = type;
    this.keys = List.copyOf(keys);
  }

  /**
   * Looks at a record class and those it holds.
   *
   * @throws IllegalArgumentException if it cannot be filled from a configuration; the message names
   *     the component
   */
  public static <C extends Record> RecordType<C> of(Class<C> type) {
    RecordType<C> checked = of(type, Set.of());
    DefaultCheck.check(checked);
    return checked;
  }

  private static <C extends Record> RecordType<C> of(Class<C> type, Set<Class<?>> around) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(type.getName() + " is not a record");
    }
    Set<Class<?>> within = new LinkedHashSet<>(around);
    if (!within.add(type)) {
      throw new IllegalArgumentException(type.getName() + " contains itself");
    }
    List<KeySpec> keys = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = type.getSimpleName() + "." + component.getName();
      ConfigKey declared = component.getAnnotation(ConfigKey.class);
      if (declared == null) {
        throw new IllegalArgumentException(name + " has no @ConfigKey");
      }
      ValueType value = valueType(component.getGenericType(), name, within);
      keys.add(new KeySpec(Names.kebab(component.getName()), value, declared));
    }
    return new RecordType<>(type, keys);
  }

  private static ValueType valueType(Type type, String name, Set<Class<?>> within) {
    if (type instanceof Class<?> plain) {
      return plainType(plain, name, within);
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new ValueType.Sequence(valueType(arguments[0], name, within));
      }
      if (generic.getRawType() == Map.class) {
        ValueType keys = valueType(arguments[0], name, within);
        if (keys instanceof ValueType.Text || keys instanceof ValueType.Choice) {
          return new ValueType.Mapping(keys, valueType(arguments[1], name, within));
        }
      }
    }
    throw unsupported(type, name);
  }

  private static ValueType plainType(Class<?> type, String name, Set<Class<?>> within) {
    if (type == int.class || type == Integer.class) {
      return ValueType.Whole.INT;
    }
    if (type == long.class || type == Long.class) {
      return ValueType.Whole.LONG;
    }
    if (type == double.class || type == Double.class) {
      return new ValueType.Decimal();
    }
    if (type == boolean.class || type == Boolean.class) {
      return new ValueType.Flag();
    }
    if (type == String.class) {
      return new ValueType.Text();
    }
    if (type.isEnum()) {
      return ValueType.Choice.of(type);
    }
    if (type.isRecord()) {
      return new ValueType.Nested(of(type.asSubclass(Record.class), within));
    }
    throw unsupported(type, name);
  }

  private static IllegalArgumentException unsupported(Type type, String name) {
    return new IllegalArgumentException(
        "%s has the type %s, must be one that ConfigKey names".formatted(name, type.getTypeName()));
  }

  /** The keys, in the order of the components. */
  public List<KeySpec> keys() {
    return keys;
  }

  /** The record's simple name. */
  String name() {
    return type.getSimpleName();
  }

  /**
   * Makes a record.
   *
   * @param values one per key, of the component's type
   * @throws InvocationTargetException if its constructor throws
   */
  C create(List<Object> values) throws InvocationTargetException {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<C> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException("every record has its canonical constructor", e);
    }
  }
}
