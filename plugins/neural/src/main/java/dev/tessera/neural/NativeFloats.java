package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Reads and writes the memory of float32 arrays. */
final class NativeFloats {

  private NativeFloats() {}

  /**
   * The memory of a contiguous array on the CPU, without a copy. Valid while the array is open, and
   * it is not for whoever lets it out of sight to say that it still is.
   */
  static ByteBuffer view(NDArray array) {
    ByteBuffer view = ((PtNDArray) array).toByteBuffer(true);
    if (!view.isDirect()) {
      throw new IllegalStateException("no direct view of " + array.getShape());
    }
    return view.order(ByteOrder.nativeOrder());
  }

  /** Whether {@link #view} works for the arrays of this one's device. */
  static boolean viewable(NDArray array) {
    return array.getDevice().equals(ai.djl.Device.cpu());
  }

  /** Sets all values, in place. */
  static void set(NDArray array, float[] values) {
    if (viewable(array)) {
      view(array).asFloatBuffer().put(values);
    } else {
      array.set(FloatBuffer.wrap(values));
    }
  }

  /** Sets all values to one, in place. */
  static void fill(NDArray array, float value) {
    if (!viewable(array)) {
      array.set(new ai.djl.ndarray.index.NDIndex("..."), value);
      return;
    }
    FloatBuffer view = view(array).asFloatBuffer();
    float[] block = new float[Math.min(view.remaining(), 4096)];
    java.util.Arrays.fill(block, value);
    while (view.hasRemaining()) {
      view.put(block, 0, Math.min(block.length, view.remaining()));
    }
  }
}
