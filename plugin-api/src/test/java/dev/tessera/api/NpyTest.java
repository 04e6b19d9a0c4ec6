package dev.tessera.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.testkit.GoldenData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {

  @TempDir Path folder;

  @Test
  void readsBackWhatItWrote() {
    long[] longs = {1, -2, 1L << 40};
    float[] floats = new float[100_000];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = i * 0.37f;
    }
    double[] doubles = {Math.PI, -0.0};
    Npy.write(folder.resolve("l.npy"), longs, 3);
    Npy.write(folder.resolve("f.npy"), floats, 1000, 100);
    Npy.write(folder.resolve("d.npy"), doubles, 2);
    assertThat(Npy.readLongs(folder.resolve("l.npy"))).isEqualTo(longs);
    assertThat(Npy.readFloats(folder.resolve("f.npy"))).isEqualTo(floats);
    assertThat(Npy.readDoubles(folder.resolve("d.npy"))).isEqualTo(doubles);
    assertThat(Npy.header(folder.resolve("f.npy")).shape()).containsExactly(1000, 100);
    assertThat(Npy.header(folder.resolve("f.npy")).dataOffset() % 64).isZero();
  }

  @Test
  void readsWhatNumpyWrote() {
    Path merge = GoldenData.golden("merge");
    assertThat(Npy.header(merge.resolve("a_embeddings.npy"))).hasToString("<f2 [1200, 12]");
    assertThat(Npy.readFloats(merge.resolve("a_embeddings.npy"))).hasSize(14_400);
    assertThat(Npy.readLongs(merge.resolve("a_client_ids.npy"))).hasSize(1200);
  }

  @Test
  void namesFileAndTypeWhenTheTypeIsWrong() {
    Path file = folder.resolve("relevant_clients.npy");
    Npy.write(file, new float[] {1, 2}, 2);
    assertThatThrownBy(() -> Npy.readLongs(file))
        .isInstanceOf(PluginException.class)
        .hasMessage(file + ": wanted a one-dimensional int64 array (<i8), found <f4 [2]");
    Npy.write(file, new long[] {1, 2}, 1, 2);
    assertThatThrownBy(() -> Npy.readLongs(file)).hasMessageContaining("found <i8 [1, 2]");
  }

  @Test
  void saysThatAFileIsTruncatedForEveryLength() throws Exception {
    Path file = folder.resolve("a.npy");
    Npy.write(file, new long[] {1, 2, 3}, 3);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Npy.readLongs(file))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("truncated");
    }
  }

  @Test
  void refusesToFinishAnArrayWithValuesMissing() {
    try (NpyWriter out = new NpyWriter(folder.resolve("a.npy"), "<f4", 2, 2)) {
      out.write(new float[] {1, 2, 3}, 3);
      assertThatThrownBy(out::finish).hasMessageContaining("4 values, 3 were written");
    }
  }
}
