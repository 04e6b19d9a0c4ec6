package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;

/**
 * A matrix in the CPU's memory that is used again from batch to batch, by PyTorch as an array and
 * by Java as a buffer. It only grows: fresh memory costs more at its first touch than the
 * arithmetic done on it. CPU only.
 */
final class Slab {

  private final NDManager manager;
  private NDArray flat;
  private NDArray matrix;
  private FloatBuffer floats;
  private int rows;
  private int width;

  /** An empty one; its memory belongs to the manager. */
  Slab(NDManager manager) {
    this.manager = manager;
  }

  /** Becomes a matrix of a size; what it holds is left as it was in memory. */
  Slab resize(int toRows, int toWidth) {
    long needed = Math.max(1, (long) toRows * toWidth);
    if (flat == null || flat.size() < needed) {
      if (flat != null) {
        matrix.close();
        flat.close();
      }
      // an eighth more, or batches that grow little by little would each make a new one
      flat = manager.create(new Shape(needed + needed / 8), DataType.FLOAT32);
      floats = NativeFloats.view(flat).asFloatBuffer();
      matrix = null;
    }
    if (matrix == null || rows != toRows || width != toWidth) {
      if (matrix != null) {
        matrix.close();
      }
      try (NDArray part = JniUtils.slice((PtNDArray) flat, 0, 0, (long) toRows * toWidth, 1)) {
        matrix = part.reshape(toRows, toWidth);
      }
      rows = toRows;
      width = toWidth;
    }
    return this;
  }

  /** The matrix [rows, width]; not to be closed. */
  NDArray matrix() {
    return matrix;
  }

  /** A view of some rows, to be closed by whoever asks. */
  NDArray rows(int from, int to) {
    return JniUtils.slice((PtNDArray) matrix, 0, from, to, 1);
  }

  /** Row after row; positions are absolute. */
  FloatBuffer floats() {
    return floats;
  }

  /** The number of columns. */
  int width() {
    return width;
  }

  /** Sets all values to 0. */
  void clear() {
    NativeFloats.fill(matrix, 0);
  }
}
