package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Sets a share of values to zero and scales the others so that their mean stays (Srivastava et al.,
 * 2014). The random numbers come from the batch's generator, not from PyTorch's, whose one state
 * for the whole process another step could move on.
 *
 * @param rate the share set to zero, 0 to below 1
 */
public record Dropout(double rate) {

  private static final int LEVELS = 1 << 16;

  /** The product of an array and a fresh mask; the array itself if the rate is 0. */
  public NDArray apply(NDArray values, SplittableRandom random) {
    if (rate == 0) {
      return values;
    }
    return values.mul(mask(values.getManager(), values, random));
  }

  private NDArray mask(NDManager manager, NDArray like, SplittableRandom random) {
    int size = Math.toIntExact(like.size());
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
            .order(ByteOrder.nativeOrder());
    FloatBuffer mask = bytes.asFloatBuffer();
    float[] block = new float[4096];
    for (int from = 0; from < size; from += block.length) {
      fill(block, random);
      mask.put(block, 0, Math.min(block.length, size - from));
    }
    return manager.create(bytes, like.getShape(), like.getDataType());
  }

  /** Fills an array with factors: 0 for what is dropped, {@code 1 / (1 - rate)} for the others. */
  void fill(float[] factors, SplittableRandom random) {
    fill(factors, factors.length, random);
  }

  /** Fills the first {@code count} places of an array. */
  void fill(float[] factors, int count, SplittableRandom random) {
    int dropped = (int) Math.round(rate * LEVELS);
    float keep = (float) (1 / (1 - rate));
    // four decisions of 16 bits from each random number
    for (int i = 0; i < count; i += 4) {
      long bits = random.nextLong();
      for (int j = i; j < Math.min(i + 4, count); j++) {
        factors[j] = (int) (bits & (LEVELS - 1)) < dropped ? 0 : keep;
        bits >>>= 16;
      }
    }
  }

  /** Multiplies an array by a fresh mask, in place; nothing if the rate is 0. */
  void multiply(float[] values, SplittableRandom random) {
    if (rate == 0) {
      return;
    }
    float[] factors = new float[values.length];
    fill(factors, random);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factors[i];
    }
  }
}
