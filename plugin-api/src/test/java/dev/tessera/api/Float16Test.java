package dev.tessera.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Float16Test {

  @Test
  void everyHalfSurvivesTheWayToFloatAndBack() {
    for (int half = 0; half < 1 << 16; half++) {
      float value = Float16.toFloat((short) half);
      if (!Float.isNaN(value)) {
        assertThat(Float16.fromFloat(value)).isEqualTo((short) half);
      }
    }
  }

  @Test
  void roundsToTheNearestHalfAndTiesToEven() {
    for (int half = 0; half < 0x7bff; half++) {
      double low = Float16.toFloat((short) half);
      double high = Float16.toFloat((short) (half + 1));
      float middle = (float) ((low + high) / 2);
      int even = half % 2 == 0 ? half : half + 1;
      assertThat(Float16.fromFloat(middle)).isEqualTo((short) even);
      assertThat(Float16.fromFloat(Math.nextDown(middle))).isEqualTo((short) half);
      assertThat(Float16.fromFloat(Math.nextUp(middle))).isEqualTo((short) (half + 1));
      assertThat(Float16.fromFloat(-middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @Test
  void overflowsFrom65520On() {
    assertThat(Float16.toFloat(Float16.fromFloat(Math.nextDown(Float16.OVERFLOW))))
        .isEqualTo(Float16.MAX_VALUE);
    assertThat(Float16.toFloat(Float16.fromFloat(Float16.OVERFLOW))).isInfinite();
    assertThat(Float16.toFloat(Float16.fromFloat(Float.NaN))).isNaN();
    assertThat(Float16.toFloat(Float16.fromFloat(Float.NEGATIVE_INFINITY)))
        .isEqualTo(Float.NEGATIVE_INFINITY);
  }
}
