package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Turns tokens into vectors, column beside column: a row of a table for a code, one float for a
 * number; and takes gradients back. Not safe for several threads.
 */
public final class TokenVectors {

  private final List<Part> parts;
  private final int width;

  /** What a column of a token becomes. */
  public sealed interface Part {
    /** How many floats. */
    int width();
  }

  /** A code's row of a table [V, D]. */
  public record Codes(Parameter table) implements Part {
    @Override
    public int width() {
      return Math.toIntExact(table.values().getShape().get(1));
    }
  }

  /**
   * A number as {@code (x − mean) · scale · weight + bias}.
   *
   * @param weight [1]
   * @param bias [1]
   */
  public record Number(float mean, float scale, Parameter weight, Parameter bias) implements Part {

    /** Stands for a number that is not known, which becomes the mean. */
    public static final int MISSING = Integer.MIN_VALUE;

    @Override
    public int width() {
      return 1;
    }

    private float normalised(int value) {
      return value == MISSING ? 0 : (value - mean) * scale;
    }
  }

  /** For tokens of these columns. */
  public TokenVectors(List<Part> parts) {
    this.parts = List.copyOf(parts);
    this.width = parts.stream().mapToInt(Part::width).sum();
  }

  /** D. */
  public int width() {
    return width;
  }

  /** Writes the vectors [P, D], on the CPU. */
  void forward(PackedTokens tokens, RowMatrix target) {
    target.resize(tokens.size(), width);
    FloatBuffer to = target.floats();
    int offset = 0;
    for (int column = 0; column < parts.size(); column++) {
      Part part = parts.get(column);
      int[] codes = tokens.columns()[column];
      float[] row = new float[part.width()];
      if (part instanceof Codes of) {
        FloatBuffer table = NativeFloats.view(of.table().values()).asFloatBuffer();
        for (int at = 0; at < codes.length; at++) {
          table.get(codes[at] * row.length, row);
          to.put(at * width + offset, row);
        }
      } else if (part instanceof Number of) {
        float weight = of.weight().values().toFloatArray()[0];
        float bias = of.bias().values().toFloatArray()[0];
        for (int at = 0; at < codes.length; at++) {
          to.put(at * width + offset, of.normalised(codes[at]) * weight + bias);
        }
      }
      offset += row.length;
    }
  }

  /** Adds the gradients of vectors [P, D] to those of the tables, on the CPU. */
  void backward(PackedTokens tokens, NDArray gradient) {
    FloatBuffer from = NativeFloats.view(gradient).asFloatBuffer();
    int offset = 0;
    for (int column = 0; column < parts.size(); column++) {
      Part part = parts.get(column);
      int[] codes = tokens.columns()[column];
      if (part instanceof Codes of) {
        back(of, codes, from, offset);
      } else if (part instanceof Number of) {
        back(of, codes, from, offset);
      }
      offset += part.width();
    }
  }

  private void back(Codes part, int[] codes, FloatBuffer from, int offset) {
    FloatBuffer table = NativeFloats.view(part.table().gradient()).asFloatBuffer();
    float[] row = new float[part.width()];
    float[] total = new float[part.width()];
    for (int at = 0; at < codes.length; at++) {
      from.get(at * width + offset, row);
      RowMath.addTo(table, codes[at] * row.length, row, 1, total);
    }
  }

  private void back(Number part, int[] codes, FloatBuffer from, int offset) {
    double weight = 0;
    double bias = 0;
    for (int at = 0; at < codes.length; at++) {
      float gradient = from.get(at * width + offset);
      weight += (double) gradient * part.normalised(codes[at]);
      bias += gradient;
    }
    part.weight().gradient().addi((float) weight);
    part.bias().gradient().addi((float) bias);
  }

  /** The vectors [P, D] by PyTorch's operations, which an {@link Autograd} recording records. */
  NDArray recorded(PackedTokens tokens, NDManager manager) {
    NDList columns = new NDList();
    for (int column = 0; column < parts.size(); column++) {
      int[] codes = tokens.columns()[column];
      if (parts.get(column) instanceof Codes of) {
        columns.add(Rows.of(of.table().values(), codes, manager));
      } else if (parts.get(column) instanceof Number of) {
        float[] values = new float[codes.length];
        for (int at = 0; at < codes.length; at++) {
          values[at] = of.normalised(codes[at]);
        }
        NDArray number = manager.create(values).expandDims(1);
        columns.add(number.mul(of.weight().values()).add(of.bias().values()));
      }
    }
    return columns.size() == 1 ? columns.get(0) : NDArrays.concat(columns, 1);
  }
}
