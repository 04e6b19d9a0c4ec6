package dev.tessera.plugin.merge;

/** Divides each row by its Euclidean length; a row of zeros stays. */
record RowNormalizer() implements Scaler {

  @Override
  public void scale(double[] values, int rows, int columns) {
    for (int from = 0; from < rows * columns; from += columns) {
      double squares = 0;
      for (int i = from; i < from + columns; i++) {
        squares += values[i] * values[i];
      }
      if (squares > 0) {
        double length = Math.sqrt(squares);
        for (int i = from; i < from + columns; i++) {
          values[i] /= length;
        }
      }
    }
  }
}
