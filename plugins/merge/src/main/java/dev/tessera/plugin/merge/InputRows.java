package dev.tessera.plugin.merge;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;

/**
 * Random access to the rows of one mapped embedding. Borrows the embedding; safe for several
 * threads.
 */
final class InputRows {

  private final Embeddings embeddings;
  private final int[] starts; // of each batch, and the number of rows

  /**
   * Indexes the batches; reads no row.
   *
   * @throws ArithmeticException at more than 2^31 rows, more than the host has clients
   */
  InputRows(Embeddings embeddings) {
    this.embeddings = embeddings;
    List<EmbeddingBatch> batches = embeddings.batches();
    starts = new int[batches.size() + 1];
    for (int i = 0; i < batches.size(); i++) {
      starts[i + 1] = Math.addExact(starts[i], batches.get(i).rows());
    }
  }

  String name() {
    return embeddings.name();
  }

  int dimension() {
    return embeddings.dimension();
  }

  List<String> columnNames() {
    return embeddings.columnNames();
  }

  int rows() {
    return starts[starts.length - 1];
  }

  /** The number of rows that count. */
  int keptRows(boolean dropZeroRows) {
    if (!dropZeroRows) {
      return rows();
    }
    Cursor cursor = cursor();
    int kept = 0;
    for (int row = 0; row < rows(); row++) {
      kept += cursor.zero(row) ? 0 : 1;
    }
    return kept;
  }

  /** The first row whose client is {@code id} or a larger one, or {@link #rows}. */
  int firstRowFrom(long id) {
    int low = 0;
    int high = rows();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (id(middle) < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Copies {@code count} rows from {@code row} on to {@code target[at …]}, row after row. */
  void read(int row, int count, float[] target, int at) {
    int done = 0;
    for (int batch = batchOf(row); done < count; batch++) {
      int first = row + done - starts[batch];
      int length = Math.min(count - done, starts[batch + 1] - starts[batch] - first);
      values(batch)
          .nioBuffer(rowBytes() * first, Math.toIntExact(rowBytes() * length))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(target, at + done * dimension(), length * dimension());
      done += length;
    }
  }

  /** A reader of ids and of "is this row zero" for one thread that goes through rows in order. */
  Cursor cursor() {
    return new Cursor();
  }

  /** Remembers the batch it is in. */
  final class Cursor {
    private int batch = -1;
    private BigIntVector ids;
    private ArrowBuf values;

    /** The client of a row. */
    long id(int row) {
      enter(row);
      return ids.get(row - starts[batch]);
    }

    /** Whether all values of a row are zero. */
    boolean zero(int row) {
      enter(row);
      long first = rowBytes() * (row - starts[batch]);
      for (long at = first; at < first + rowBytes(); at += Float.BYTES) {
        if (values.getFloat(at) != 0f) {
          return false;
        }
      }
      return true;
    }

    private void enter(int row) {
      if (batch < 0 || row < starts[batch] || row >= starts[batch + 1]) {
        batch = batchOf(row);
        ids = embeddings.batches().get(batch).clientIds();
        values = values(batch);
      }
    }
  }

  private long id(int row) {
    int batch = batchOf(row);
    return embeddings.batches().get(batch).clientIds().get(row - starts[batch]);
  }

  private ArrowBuf values(int batch) {
    return embeddings.batches().get(batch).values().getDataBuffer();
  }

  private long rowBytes() {
    return (long) Float.BYTES * dimension();
  }

  private int batchOf(int row) {
    int low = 0;
    int high = starts.length - 2;
    while (low < high) { // the last batch that starts at or before the row: empty ones are passed
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
