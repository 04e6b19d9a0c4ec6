package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * While open, PyTorch records what the calling thread computes from arrays that require a gradient.
 *
 * <p>DJL's own collector is not used: it allows one recording in the whole process, and sets the
 * gradients of every array that it knows to zero each time.
 */
public final class Autograd implements AutoCloseable {

  private final boolean before;

  private Autograd() {
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
  }

  /** Starts recording; close to end. */
  public static Autograd record() {
    return new Autograd();
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

  /** Ends the recording. */
  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
