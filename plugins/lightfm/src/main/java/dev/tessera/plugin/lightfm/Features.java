package dev.tessera.plugin.lightfm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;

/**
 * What is known of each client, or of each sku. A row's vector is the sum of its own vector (if
 * there is identity), of {@code dense} shared vectors times the row's numbers, and of the shared
 * vector of its category. The shared vectors are rows {@code 0 … dense - 1} for the numbers, then
 * one row a category.
 *
 * @param rows the number of clients or skus
 * @param identity whether each row has a vector of its own
 * @param dense F, how many numbers a row has
 * @param values [rows · stride(F)], padded with zeros; all finite
 * @param categories how many categories there are
 * @param category [rows] the category of a row, or -1; empty if there are none
 */
record Features(
    int rows, boolean identity, int dense, float[] values, int categories, int[] category) {

  /** Checks that the numbers are finite. */
  Features {
    int stride = Rows.stride(dense);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new PluginException(
            ErrorCode.INVALID_DATA,
            "wanted finite features, found %s as feature %d of row %d; check the divisors in client-features and sku-features"
                .formatted(values[i], i % stride, i / stride));
      }
    }
  }

  /** Identity alone. */
  static Features identities(int rows) {
    return new Features(rows, true, 0, new float[0], 0, new int[0]);
  }

  /** The padded length of a row's numbers; 0 without numbers. */
  int stride() {
    return Rows.stride(dense);
  }

  /** How many shared vectors there are. */
  int shared() {
    return dense + categories;
  }

  /** The shared row of a category, or -1. */
  int sharedRow(int row) {
    if (categories == 0 || category[row] < 0) {
      return -1;
    }
    return dense + category[row];
  }
}
