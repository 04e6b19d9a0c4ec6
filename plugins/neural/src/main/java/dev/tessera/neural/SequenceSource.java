package dev.tessera.neural;

/**
 * One sequence of tokens for each client of a log; a token is one code per column. The sequences
 * need not exist in memory: a reader may make them from the log each time. Safe to use from several
 * threads, with a reader for each.
 */
public interface SequenceSource {

  /** The number of columns. */
  int columns();

  /** The number of tokens of a client (dense index in the log); 0 for one without. */
  int length(int client);

  /** A new reader. */
  Reader reader();

  /** Reads one client at a time; not safe for several threads. */
  interface Reader {
    /**
     * Writes a client's {@link SequenceSource#length} tokens.
     *
     * @param target per column an array, written from {@code offset} on
     */
    void read(int client, int[][] target, int offset);
  }
}
