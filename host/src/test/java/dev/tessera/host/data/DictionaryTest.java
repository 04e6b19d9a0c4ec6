package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DictionaryTest {

  private static final int DRAWS = 300_000;

  /** Small ids, ids around the limit of the plain table, negative and huge ones. */
  private static long draw(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextInt(1_000);
      case 1 -> (1 << 16) - 50 + random.nextInt(100);
      case 2 -> random.nextInt(400_000);
      case 3 -> -random.nextInt(1_000);
      default -> random.nextLong() >> random.nextInt(20) << 20;
    };
  }

  @Test
  void givesIdsTheCodesOfAHashMap() {
    IdDictionary dictionary = new IdDictionary(DRAWS);
    Map<Long, Integer> oracle = new HashMap<>();
    Random random = new Random(1);
    for (int i = 0; i < DRAWS; i++) {
      long id = draw(random);
      oracle.putIfAbsent(id, oracle.size());
      assertThat(dictionary.add(id)).isEqualTo(oracle.get(id));
    }
    assertThat(dictionary.size()).isEqualTo(oracle.size());
    assertThat(dictionary.find(1L << 19 | 1)).isEqualTo(-1);
    assertThat(dictionary.find(Long.MIN_VALUE + 1)).isEqualTo(-1);

    long[] sorted = dictionary.sorted();
    assertThat(sorted)
        .isEqualTo(new TreeSet<>(oracle.keySet()).stream().mapToLong(x -> x).toArray());
    int[] positions = dictionary.positionsIn(sorted);
    for (int code = 0; code < dictionary.size(); code++) {
      assertThat(sorted[positions[code]]).isEqualTo(dictionary.id(code));
    }
  }

  @Test
  void findsIdZeroOnlyWhenItWasAdded() {
    IdDictionary dictionary = new IdDictionary(10);
    assertThat(dictionary.find(0)).isEqualTo(-1);
    assertThat(dictionary.add(0)).isZero();
    assertThat(dictionary.find(0)).isZero();
  }

  @Test
  void givesTextsTheCodesOfAHashMapAndSortsThemAsUnsignedBytes() {
    TextDictionary dictionary = new TextDictionary();
    Map<List<Long>, Integer> oracle = new HashMap<>();
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      long high = random.nextInt(40) == 0 ? 0 : random.nextLong();
      long low = random.nextInt(40) == 0 ? 0 : random.nextLong();
      oracle.putIfAbsent(List.of(high, low), oracle.size());
      assertThat(dictionary.add(high, low)).isEqualTo(oracle.get(List.of(high, low)));
      assertThat(dictionary.add(high, low)).isEqualTo(oracle.get(List.of(high, low)));
    }
    int[] wanted =
        IntStream.range(0, dictionary.size())
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(bytes(dictionary, a), bytes(dictionary, b)))
            .mapToInt(x -> x)
            .toArray();
    assertThat(dictionary.sortedCodes()).isEqualTo(wanted);
  }

  @Test
  void joinsIdsInAscendingOrderEachOnce() {
    assertThat(SortedIds.union(new long[] {1, 3}, new long[0], new long[] {-5, 3, 9}))
        .containsExactly(-5, 1, 3, 9);
    assertThat(SortedIds.union()).isEmpty();
  }

  private static byte[] bytes(TextDictionary dictionary, int code) {
    return ByteBuffer.allocate(16)
        .putLong(dictionary.high(code))
        .putLong(dictionary.low(code))
        .array();
  }
}
