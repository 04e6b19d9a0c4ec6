package dev.tessera.neural;

/** The codes that mean the same in every column. */
public final class Tokens {

  /** Fills a batch behind the end of a sequence; never the code of anything that happened. */
  public static final int PADDING = 0;

  /** Stands before the first event. */
  public static final int BEGIN = 1;

  /** Stands behind the last event. */
  public static final int END = 2;

  /** The first code of a column's own. */
  public static final int FIRST = 3;

  private Tokens() {}
}
