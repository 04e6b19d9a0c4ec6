package dev.tessera.neural;

import dev.tessera.api.IdMapping;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;

/**
 * The tokens of a column whose values are original ids: {@code 3} for an event without a value,
 * {@code 4} for all rare ids together if there are any, then the kept ids in ascending order, and,
 * if there is no token for rare ids, at the end one for ids that the vocabulary does not know.
 * Immutable; of a saved model and of a log with other codes alike, since it goes by original ids.
 */
public final class IdVocabulary {

  /** The token of an event without a value in this column. */
  public static final int ABSENT = Tokens.FIRST;

  private static final int RARE = ABSENT + 1;

  private final long[] ids;
  private final boolean rare;

  private IdVocabulary(long[] ids, boolean rare) {
    this.ids = ids;
    this.rare = rare;
  }

  /**
   * The vocabulary of some ids.
   *
   * @param ids kept ids, strictly ascending
   * @param rare whether other ids were seen, so that their common token is trained
   */
  public static IdVocabulary of(long[] ids, boolean rare) {
    return new IdVocabulary(ids.clone(), rare);
  }

  /**
   * Keeps the most frequent ids that occur at all; of equally frequent ones the smaller id.
   *
   * <p>As in the reference, "no value" is one of the values that are counted: where it is among the
   * {@code most} most frequent, it takes one of their places.
   *
   * @param ids all ids of the log by code, strictly ascending
   * @param counts events of each code
   * @param absent events without a value
   * @param most the most values to keep, "no value" included, at least 1
   */
  public static IdVocabulary mostFrequent(BigIntVector ids, long[] counts, long absent, int most) {
    int[] occurring = IntStream.range(0, counts.length).filter(code -> counts[code] > 0).toArray();
    if (occurring.length + (absent > 0 ? 1 : 0) <= most) {
      return new IdVocabulary(Arrays.stream(occurring).mapToLong(ids::get).toArray(), false);
    }
    int[] byCount =
        IntStream.of(occurring)
            .boxed()
            .sorted((a, b) -> Long.compare(counts[b], counts[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    // "no value" has a place if fewer than `most` ids are more frequent
    boolean absentKept =
        absent > 0 && (byCount.length < most || counts[byCount[most - 1]] <= absent);
    int kept = Math.min(byCount.length, absentKept ? most - 1 : most);
    long[] keptIds = Arrays.stream(byCount, 0, kept).mapToLong(ids::get).sorted().toArray();
    return new IdVocabulary(keptIds, kept < byCount.length);
  }

  /** V, the number of tokens, padding and the like included. */
  public int size() {
    return firstKept() + ids.length + (rare ? 0 : 1);
  }

  /**
   * The token of ids that are not in the vocabulary: the rare ids', or, where there were none, one
   * that no training event has.
   */
  public int unknown() {
    return rare ? RARE : firstKept() + ids.length;
  }

  /** Whether {@link #unknown} is a token that training events have. */
  public boolean unknownIsTrained() {
    return rare;
  }

  /** The kept ids, strictly ascending; the i-th has token {@link #firstKept} + i. */
  public LongStream ids() {
    return Arrays.stream(ids);
  }

  /** The token of the smallest kept id. */
  public int firstKept() {
    return rare ? RARE + 1 : RARE;
  }

  /**
   * The token of each code of a log.
   *
   * @param logIds original ids by code
   * @return [codes]
   */
  public int[] tokens(BigIntVector logIds) {
    int[] tokens = IdMapping.positions(logIds, ids);
    for (int code = 0; code < tokens.length; code++) {
      tokens[code] = tokens[code] < 0 ? unknown() : firstKept() + tokens[code];
    }
    return tokens;
  }
}
