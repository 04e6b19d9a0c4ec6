package dev.tessera.plugin.lightfm;

import java.util.Arrays;

/**
 * Pairs of client and sku by clients (CSR): those of client u are at {@code starts[u] … starts[u +
 * 1] - 1} of {@code skus} (ascending for one client) and {@code weights}. Not changed.
 *
 * @param skuCount M
 * @param starts [N + 1]
 * @param skus [pairs]
 * @param weights [pairs] not 0; below 0 only for the logistic loss
 */
record Pairs(int skuCount, int[] starts, int[] skus, float[] weights) {

  /** N. */
  int clients() {
    return starts.length - 1;
  }

  /** The number of pairs. */
  int size() {
    return skus.length;
  }

  /** Whether a client has a pair with a sku. */
  boolean contains(int client, int sku) {
    return Arrays.binarySearch(skus, starts[client], starts[client + 1], sku) >= 0;
  }
}
