package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class LanesTest {

  @Test
  void addsAllLanesToTheSameBitsBeforeAndAfterItIsCompiled() {
    Random random = new Random(1);
    float[] values = new float[FloatVector.SPECIES_PREFERRED.length()];
    double wanted = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
      wanted += values[i];
    }
    float interpreted = sum(values);
    assertThat((double) interpreted).isCloseTo(wanted, within(1e-5));
    for (int i = 0; i < 200_000; i++) {
      if (sum(values) != interpreted) {
        throw new AssertionError("another sum at call " + i);
      }
    }
  }

  private static float sum(float[] values) {
    return Lanes.sum(FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, values, 0));
  }
}
