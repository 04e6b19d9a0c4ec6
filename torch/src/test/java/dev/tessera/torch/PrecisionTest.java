package dev.tessera.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrecisionTest {

  @TempDir private Path folder;

  @Test
  void isFoundFromTheCpusFlags() throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\nflags\t\t: fpu avx512_bf16 clzero\nbugs\t\t: none\n");

    assertThat(Precision.lists(file, Set.of("avx512_bf16"))).isTrue();
    assertThat(Precision.lists(file, Set.of("amx_bf16"))).isFalse();
    assertThat(Precision.lists(folder.resolve("none"), Set.of("amx_bf16"))).isFalse();
  }

  @Test
  void float32IsFloat32Everywhere() {
    assertThat(Precision.FLOAT32.on(true)).isEqualTo(Precision.FLOAT32);
    assertThat(Precision.FLOAT32.on(false)).isEqualTo(Precision.FLOAT32);
  }

  @Test
  void autoIsFloat32OffTheCpuAndBfloat16CannotBeAskedForThere() {
    assertThat(Precision.AUTO.on(false)).isEqualTo(Precision.FLOAT32);
    assertThat(Precision.AUTO.on(true)).isNotEqualTo(Precision.AUTO);
    assertThatThrownBy(() -> Precision.BFLOAT16.on(false))
        .hasMessageContaining("avx512_bf16")
        .hasMessageContaining("use auto or float32");
  }
}
