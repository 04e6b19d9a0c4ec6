package dev.tessera.client;

/**
 * Rows of an embedding by ascending client, of which an end point of a large read is a part.
 *
 * @param from the first row
 * @param to the row after the last
 */
public record RowRange(long from, long to) {

  /** How many there are. */
  public long rows() {
    return to - from;
  }
}
