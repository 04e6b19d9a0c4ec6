package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Some rows of a matrix, such as the positions that have a label.
 *
 * @param positions ascending
 * @param all the number of rows of the matrix
 */
public record RowSubset(int[] positions, int all) {

  /** The rows that are counted. */
  public static RowSubset where(int all, IntPredicate counted) {
    return new RowSubset(IntStream.range(0, all).filter(counted).toArray(), all);
  }

  /** The number of rows. */
  public int size() {
    return positions.length;
  }

  /** Those places of an array with one for each row. */
  public int[] of(int[] values) {
    return size() == all ? values : IntStream.of(positions).map(at -> values[at]).toArray();
  }

  /** The rows [size, D] of a matrix [all, D]; the matrix itself if they are all. */
  public NDArray of(NDArray matrix, NDManager scope) {
    return size() == all ? matrix : Rows.of(matrix, positions, scope);
  }

  /** A matrix [all, D] with these rows at their places, and zeros at the others. */
  public NDArray spread(NDArray rows, NDManager scope) {
    if (size() == all) {
      return rows;
    }
    int[] places = new int[all];
    Arrays.fill(places, size());
    for (int i = 0; i < size(); i++) {
      places[positions[i]] = i;
    }
    NDArray none = scope.zeros(new Shape(1, rows.getShape().get(1)), DataType.FLOAT32);
    return Rows.of(rows.concat(none, 0), places, scope);
  }
}
