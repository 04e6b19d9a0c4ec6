package dev.tessera.neural;

/**
 * Sequences one after another, without padding: P tokens in all.
 *
 * @param lengths of each sequence, at least 1
 * @param columns per column [P]
 */
public record PackedTokens(int[] lengths, int[][] columns) {

  /** All tokens of a batch. */
  public static PackedTokens all(TokenBatch batch) {
    return part(batch, 0, 0);
  }

  /** The tokens after which another one follows. */
  public static PackedTokens inputs(TokenBatch batch) {
    return part(batch, 0, 1);
  }

  /** Of each token of {@link #inputs}, the one that follows. */
  public static PackedTokens labels(TokenBatch batch) {
    return part(batch, 1, 1);
  }

  private static PackedTokens part(TokenBatch batch, int skip, int fewer) {
    int rows = batch.rows();
    int[] lengths = new int[rows];
    int all = 0;
    for (int row = 0; row < rows; row++) {
      lengths[row] = batch.lengths()[row] - fewer;
      all += lengths[row];
    }
    int[][] columns = new int[batch.tokens().length][all];
    for (int column = 0; column < columns.length; column++) {
      int at = 0;
      for (int row = 0; row < rows; row++) {
        System.arraycopy(
            batch.tokens()[column], row * batch.width() + skip, columns[column], at, lengths[row]);
        at += lengths[row];
      }
    }
    return new PackedTokens(lengths, columns);
  }

  /** P. */
  public int size() {
    return columns[0].length;
  }

  /** The place of each sequence's last token. */
  public int[] ends() {
    int[] ends = new int[lengths.length];
    int at = 0;
    for (int row = 0; row < ends.length; row++) {
      at += lengths[row];
      ends[row] = at - 1;
    }
    return ends;
  }
}
