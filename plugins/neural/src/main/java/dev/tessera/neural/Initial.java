package dev.tessera.neural;

import java.util.SplittableRandom;

/** How the values of a parameter start. */
public sealed interface Initial {

  /** Fills an array. */
  void fill(float[] values, SplittableRandom random);

  /** All values alike. */
  record Constant(float value) implements Initial {
    @Override
    public void fill(float[] values, SplittableRandom random) {
      java.util.Arrays.fill(values, value);
    }
  }

  /** Evenly between {@code -bound} and {@code bound}. */
  record Uniform(double bound) implements Initial {
    @Override
    public void fill(float[] values, SplittableRandom random) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
    }
  }

  /** Normal with mean 0. */
  record Normal(double deviation) implements Initial {
    @Override
    public void fill(float[] values, SplittableRandom random) {
      // Box–Muller: SplittableRandom of Java 17 has a slower nextGaussian of no fixed algorithm
      for (int i = 0; i < values.length; i += 2) {
        double radius = deviation * Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        double angle = 2 * Math.PI * random.nextDouble();
        values[i] = (float) (radius * StrictMath.cos(angle));
        if (i + 1 < values.length) {
          values[i + 1] = (float) (radius * StrictMath.sin(angle));
        }
      }
    }
  }
}
