package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.arrow.NativeBuffer;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTimeSortTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 24, 25, 47, 48, 49, 1_000, 5_000})
  void sortsByTimeAndKeepsTheOrderOfEqualTimes(int size) {
    Random random = new Random(size);
    int outside = 3;
    long[] times =
        IntStream.range(0, size + 2 * outside).mapToLong(i -> random.nextInt(40)).toArray();
    int[] items = IntStream.range(0, times.length).toArray();
    int[] wanted =
        IntStream.range(outside, outside + size)
            .boxed()
            .sorted(Comparator.comparingLong(i -> times[i])) // stable
            .mapToInt(i -> i)
            .toArray();
    try (HostMemory memory = HostMemory.withLimit(1 << 20);
        ArrowBuf timeBuffer = NativeBuffer.of(memory.work(), times);
        ArrowBuf itemBuffer = NativeBuffer.of(memory.work(), items)) {
      new ClientTimeSort(timeBuffer, itemBuffer).sort(outside, outside + size);
      for (int i = 0; i < times.length; i++) {
        boolean inside = i >= outside && i < outside + size;
        int item = inside ? wanted[i - outside] : i;
        assertThat(itemBuffer.getInt(4L * i)).isEqualTo(item);
        assertThat(timeBuffer.getLong(8L * i)).isEqualTo(times[item]);
      }
    }
  }

  @Test
  void cutsClientsIntoPartsOfAboutEqualSize() {
    int[] offsets = {0, 0, 10, 10, 500, 510, 520, 1_000};
    int[] parts = ClientTimeSort.parts(offsets, 4);
    assertThat(parts).startsWith(0).endsWith(7).isSorted().hasSize(5);
    assertThat(ClientTimeSort.parts(new int[] {0}, 3)).containsExactly(0, 0, 0, 0);
  }
}
