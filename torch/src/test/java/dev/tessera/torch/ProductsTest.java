package dev.tessera.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProductsTest {

  /** A block, and a few rows left over. */
  private static final int BLOCK = 64;

  private static final int ROWS = BLOCK + 9;

  /** Wide enough to be rounded. */
  private static final int IN = 256;

  private static final int OUT = 257;

  private final Map<NDArray, float[]> copies = new IdentityHashMap<>();
  private NDManager manager;
  private Products products;
  private NDArray x;
  private NDArray w;
  private NDArray g;

  @BeforeEach
  void open() {
    System.setProperty("ai.djl.offline", "true");
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    JniUtils.setGradMode(false);
    products = new Products(manager);
    x = numbers(ROWS, IN, 0.31);
    w = numbers(OUT, IN, 0.17);
    g = numbers(ROWS, OUT, 0.23);
  }

  @AfterEach
  void close() {
    products.close();
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "BFLOAT16"})
  void equalTheSumsOfProductsOfRoundedFactors(Precision precision) {
    products.use(precision);
    float[] bias = numbers(1, OUT, 0.7).toFloatArray();
    BiFunction<Integer, Integer, Double> both =
        (i, j) -> sum(IN, k -> at(x, i, k, of(i, precision)) * at(w, j, k, of(i, precision)));

    check(products.productTransposed(x, w), both, precision);
    check(
        products.linear(x, w, manager.create(bias)),
        (i, j) -> both.apply(i, j) + bias[j],
        both,
        precision);
    check(
        products.product(g, w),
        (i, j) -> sum(OUT, k -> at(g, i, k, of(i, precision)) * at(w, k, j, of(i, precision))),
        precision);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "BFLOAT16"})
  void areAddedInPlace(Precision precision) {
    products.use(precision);
    NDArray into = numbers(OUT, IN, 0.9);
    float[] before = into.toFloatArray();

    products.addTransposedProduct(into, g, x);

    BiFunction<Integer, Integer, Double> block =
        (i, j) -> sum(BLOCK, k -> at(g, k, i, precision) * at(x, k, j, precision));
    check(
        into,
        (i, j) ->
            before[i * IN + j]
                + block.apply(i, j)
                + sum(ROWS - BLOCK, k -> at(g, BLOCK + k, i) * at(x, BLOCK + k, j)),
        block,
        precision);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "BFLOAT16"})
  void fillWhatIsThereInFloat32(Precision precision) {
    products.use(precision);
    float[] bias = numbers(1, OUT, 0.7).toFloatArray();
    NDArray linear = numbers(ROWS, OUT, 0.9);
    NDArray product = numbers(ROWS, IN, 0.9);
    NDArray transposed = numbers(OUT, IN, 0.9);

    products.setLinear(linear, x, w, manager.create(bias));
    products.set(product, g, w);
    products.setTransposed(transposed, g, x);

    check(linear, (i, j) -> sum(IN, k -> at(x, i, k) * at(w, j, k)) + bias[j], Precision.FLOAT32);
    check(product, (i, j) -> sum(OUT, k -> at(g, i, k) * at(w, k, j)), Precision.FLOAT32);
    check(transposed, (i, j) -> sum(ROWS, k -> at(g, k, i) * at(x, k, j)), Precision.FLOAT32);
  }

  @Test
  void takeALoweredFactorForTheOneItWasMadeOf() {
    products.use(Precision.BFLOAT16);
    try (NDArray lowered = products.lower(w)) {
      check(
          products.productTransposed(x, lowered),
          (i, j) ->
              sum(
                  IN,
                  k -> at(x, i, k, of(i, Precision.BFLOAT16)) * at(w, j, k, Precision.BFLOAT16)),
          Precision.BFLOAT16);
    }
  }

  @Test
  void leaveNothingBehind() {
    products.use(Precision.BFLOAT16);
    NDArray into = numbers(OUT, IN, 0.9);
    int before = manager.getManagedArrays().size();
    for (int i = 0; i < 100; i++) {
      products.linear(x, w, manager.create(new float[OUT])).close();
      products.addTransposedProduct(into, g, x);
      products.lower(w).close();
    }
    // the hundred biases
    assertThat(manager.getManagedArrays()).hasSizeLessThanOrEqualTo(before + 100);
  }

  @Test
  void needAPrecisionOfTheDevice() {
    assertThatThrownBy(() -> products.use(Precision.AUTO)).hasMessageContaining("auto");
  }

  /** What the factors of a row are rounded to: those behind the last block are not. */
  private static Precision of(int row, Precision precision) {
    return row < BLOCK ? precision : Precision.FLOAT32;
  }

  private static void check(
      NDArray found, BiFunction<Integer, Integer, Double> wanted, Precision precision) {
    check(found, wanted, wanted, precision);
  }

  /**
   * Sums are float32 (1e-5); in bfloat16 a product is rounded to 8 bits before it is added to
   * anything.
   */
  private static void check(
      NDArray found,
      BiFunction<Integer, Integer, Double> wanted,
      BiFunction<Integer, Integer, Double> product,
      Precision precision) {
    int columns = (int) found.getShape().get(1);
    float[] values = found.toFloatArray();
    double relative = precision == Precision.FLOAT32 ? 1e-5 : 1.0 / 256;
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      int column = i % columns;
      assertThat((double) values[i])
          .isCloseTo(
              wanted.apply(row, column),
              within(1e-4 + relative * Math.abs(product.apply(row, column))));
    }
  }

  private interface Term {
    double at(int index);
  }

  private static double sum(int count, Term term) {
    double sum = 0;
    for (int k = 0; k < count; k++) {
      sum += term.at(k);
    }
    return sum;
  }

  private double at(NDArray matrix, int row, int column) {
    return at(matrix, row, column, Precision.FLOAT32);
  }

  private double at(NDArray matrix, int row, int column, Precision precision) {
    int columns = (int) matrix.getShape().get(1);
    float value = copies.computeIfAbsent(matrix, NDArray::toFloatArray)[row * columns + column];
    if (precision == Precision.FLOAT32) {
      return value;
    }
    // to the nearest, ties to even
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  private NDArray numbers(int rows, int columns, double step) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(1 + step * i);
    }
    return manager.create(values, new Shape(rows, columns));
  }
}
