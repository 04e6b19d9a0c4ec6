package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Gradients by PyTorch's record of what a thread computes from arrays that require a gradient.
 *
 * <p>DJL's own collector is not used: it allows one recording in the whole process, and sets the
 * gradients of every array that it knows to zero each time.
 */
public final class Autograd {

  private Autograd() {}

  /** Does some work of the calling thread and records it; what it gives can be gone back from. */
  public static <T> T record(Supplier<T> work) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /**
   * Adds to the gradients of all arrays that {@code output} was computed from: those of the sum of
   * {@code output · outputGradient}. Frees the recording.
   *
   * @param outputGradient of the shape of {@code output}
   */
  public static void backward(NDArray output, NDArray outputGradient) {
    JniUtils.backward((PtNDArray) output, (PtNDArray) outputGradient, false, false);
  }

  /** As {@link #backward(NDArray, NDArray)} for a scalar, with gradient 1. */
  public static void backward(NDArray loss) {
    try (NDArray one = loss.onesLike()) {
      backward(loss, one);
    }
  }

  /** Sets the gradient of an array to zero, in place. */
  static void zeroGradient(NDArray array) {
    JniUtils.zeroGrad((PtNDArray) array);
  }
}
