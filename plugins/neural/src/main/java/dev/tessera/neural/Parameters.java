package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.torch.Precision;
import dev.tessera.torch.Products;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The named parameters of a model, in the order in which they were added. Their arrays belong to
 * the manager given here. Not safe for several threads.
 */
public final class Parameters {

  private final NDManager manager;
  private final SplittableRandom random;
  private final Products products;
  private final Map<String, Parameter> byName = new LinkedHashMap<>();

  /**
   * No parameters yet.
   *
   * @param manager the stage's
   * @param seed of the first values
   */
  public Parameters(NDManager manager, long seed) {
    this.manager = manager;
    this.random = new SplittableRandom(seed);
    this.products = new Products(manager);
  }

  /** Adds a parameter whose gradient PyTorch computes. */
  public NDArray add(String name, Initial initial, long... shape) {
    return keep(Parameter.recorded(name, create(initial, shape), products)).values();
  }

  /** Adds a parameter whose gradient the model adds up itself, in {@link Parameter#gradient}. */
  public Parameter addManual(String name, Initial initial, long... shape) {
    return keep(Parameter.manual(name, create(initial, shape), products));
  }

  private NDArray create(Initial initial, long... shape) {
    float[] values = new float[Math.toIntExact(new Shape(shape).size())];
    // a generator of its own for each: how many numbers one takes does not change the others
    initial.fill(values, random.split());
    return manager.create(values, new Shape(shape));
  }

  private Parameter keep(Parameter parameter) {
    if (byName.put(parameter.name(), parameter) != null) {
      throw new IllegalArgumentException("parameter " + parameter.name() + " exists twice");
    }
    return parameter;
  }

  /** All parameters, in order. */
  public List<Parameter> all() {
    return List.copyOf(byName.values());
  }

  /** The parameter of a name. */
  public Parameter get(String name) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("no parameter " + name + "; there are " + byName.keySet());
    }
    return parameter;
  }

  /** The number of values of all parameters. */
  public long size() {
    return byName.values().stream().mapToLong(Parameter::size).sum();
  }

  /** Sets all gradients to zero. */
  public void zeroGradients() {
    byName.values().forEach(Parameter::zeroGradient);
  }

  /**
   * Does some work in which products with the parameters take their factors in a precision; the
   * values must stay as they are meanwhile.
   */
  public <T> T in(Precision precision, Supplier<T> work) {
    products.use(precision);
    try {
      return work.get();
    } finally {
      products.use(Precision.FLOAT32);
      byName.values().forEach(Parameter::dropFactor);
    }
  }

  /** A copy of all values, in order. */
  public List<float[]> copy() {
    List<float[]> copy = new ArrayList<>();
    for (Parameter parameter : byName.values()) {
      copy.add(parameter.values().toFloatArray());
    }
    return copy;
  }

  /** Sets all values, in order. */
  public void set(List<float[]> values) {
    int index = 0;
    for (Parameter parameter : byName.values()) {
      NativeFloats.set(parameter.values(), values.get(index++));
    }
  }

  /** Writes {@code NAME.npy} (float32) for each parameter into an existing folder. */
  public void write(Path folder) {
    for (Parameter parameter : byName.values()) {
      Npy.write(
          file(folder, parameter.name()),
          parameter.values().toFloatArray(),
          dimensions(parameter.values()));
    }
  }

  /**
   * Sets all values to those of a folder.
   *
   * @throws PluginException with {@link ErrorCode#INCOMPATIBLE_MODEL} if a file is missing or of
   *     another shape
   */
  public void read(Path folder) {
    for (Parameter parameter : byName.values()) {
      Path file = file(folder, parameter.name());
      if (!Files.exists(file)) {
        throw new PluginException(
            ErrorCode.INCOMPATIBLE_MODEL,
            "%s: wanted the weights %s, found no such file; fit the step again"
                .formatted(folder, file.getFileName()));
      }
      int[] wanted = dimensions(parameter.values());
      int[] found = Npy.header(file).shape();
      if (!Arrays.equals(wanted, found)) {
        throw new PluginException(
            ErrorCode.INCOMPATIBLE_MODEL,
            "%s: wanted weights of shape %s, found %s; fit the step again"
                .formatted(file, Arrays.toString(wanted), Arrays.toString(found)));
      }
      NativeFloats.set(parameter.values(), Npy.readFloats(file));
    }
  }

  private static Path file(Path folder, String name) {
    return folder.resolve(name + ".npy");
  }

  private static int[] dimensions(NDArray array) {
    return Arrays.stream(array.getShape().getShape()).mapToInt(Math::toIntExact).toArray();
  }
}
