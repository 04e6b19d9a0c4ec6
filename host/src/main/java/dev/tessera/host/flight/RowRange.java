package dev.tessera.host.flight;

/**
 * Rows of an embedding by ascending client, of which an end point of a large read is a part.
 *
 * @param from the first row
 * @param to the row after the last
 */
record RowRange(long from, long to) {

  long rows() {
    return to - from;
  }
}
