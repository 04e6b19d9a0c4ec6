package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;

/**
 * Finds a client's row by binary search, first among the batches' last ids, then in one batch.
 * Needs 8 bytes a batch and reads the mapped ids in place. Safe for any number of threads.
 */
final class ClientIndex {

  /** What {@link #find} gives for a client that is not there. */
  static final long UNKNOWN = -1;

  private final List<EmbeddingBatch> batches;
  private final long[] lastIds;

  /**
   * Indexes batches of ascending clients.
   *
   * @throws IllegalArgumentException if the batches are not in ascending order of clients
   */
  ClientIndex(List<EmbeddingBatch> batches) {
    this.batches = batches.stream().filter(batch -> batch.rows() > 0).toList();
    this.lastIds = new long[this.batches.size()];
    for (int i = 0; i < lastIds.length; i++) {
      BigIntVector ids = this.batches.get(i).clientIds();
      lastIds[i] = ids.get(ids.getValueCount() - 1);
      if (i > 0 && ids.get(0) <= lastIds[i - 1]) {
        throw new IllegalArgumentException(
            "batches must hold ascending clients, but one ends with %d and the next begins with %d"
                .formatted(lastIds[i - 1], ids.get(0)));
      }
    }
  }

  /** The place of a client's row, for {@link #batch} and {@link #row}; or {@link #UNKNOWN}. */
  long find(long clientId) {
    int found = Arrays.binarySearch(lastIds, clientId);
    int batch = found >= 0 ? found : -found - 1;
    if (batch == lastIds.length) {
      return UNKNOWN;
    }
    BigIntVector ids = batches.get(batch).clientIds();
    int low = 0;
    int high = ids.getValueCount() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long id = ids.get(middle);
      if (id == clientId) {
        return ((long) batch << 32) | middle;
      }
      if (id < clientId) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return UNKNOWN;
  }

  /** The batch of a place. */
  EmbeddingBatch batch(long place) {
    return batches.get((int) (place >>> 32));
  }

  /** The row of a place within its batch. */
  int row(long place) {
    return (int) place;
  }
}
