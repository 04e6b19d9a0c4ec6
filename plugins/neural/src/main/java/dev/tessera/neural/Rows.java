package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.SparseFormat;

/** Looks rows of a table up. */
public final class Rows {

  private Rows() {}

  /**
   * The rows of a table at some positions; gradients go back to those rows.
   *
   * @param table [V, D]
   * @param positions int32 of any shape S
   * @return [S, D]
   */
  public static NDArray of(NDArray table, NDArray positions) {
    return positions
        .getNDArrayInternal()
        .embedding(positions, table, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  /** As {@link #of(NDArray, NDArray)} for positions on the heap: [positions, D]. */
  public static NDArray of(NDArray table, int[] positions, NDManager manager) {
    return of(table, manager.create(positions));
  }
}
