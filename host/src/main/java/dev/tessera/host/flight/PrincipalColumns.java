package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * The principal components of an embedding's columns: the eigenvectors of their covariance, exact,
 * from all rows or from {@value #MOST_ROWS} evenly spaced ones. Found once for a choice of columns
 * and kept, for the last {@value #KEPT} choices. The same rows give the same components, each with
 * its largest entry positive.
 */
final class PrincipalColumns {

  static final int MOST_ROWS = 50_000;
  private static final int KEPT = 8;
  private static final int ROWS_AT_ONCE = 8;

  private final List<EmbeddingBatch> batches;

  // Guarded by this.
  private final Map<List<Integer>, Components> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Integer>, Components> eldest) {
          return size() > KEPT;
        }
      };

  PrincipalColumns(List<EmbeddingBatch> batches) {
    this.batches = batches;
  }

  /**
   * All components of some columns.
   *
   * @param rows [D] components, the one of the largest variance first
   * @param means [D]
   */
  record Components(double[][] rows, double[] means) {

    /** The map to the first K. */
    LinearMap first(int dimension) {
      double[][] columns = new double[means.length][dimension];
      for (int d = 0; d < means.length; d++) {
        for (int k = 0; k < dimension; k++) {
          columns[d][k] = rows[k][d];
        }
      }
      return new LinearMap(columns, means, dimension);
    }
  }

  /** The components of some columns; takes seconds the first time. */
  synchronized Components of(int[] columns) {
    List<Integer> choice = Arrays.stream(columns).boxed().toList();
    Components found = known.get(choice);
    if (found == null) {
      found = find(columns);
      known.put(choice, found);
    }
    return found;
  }

  private Components find(int[] columns) {
    int dimension = columns.length;
    long rows = batches.stream().mapToLong(EmbeddingBatch::rows).sum();
    long step = Math.max(1, (rows + MOST_ROWS - 1) / MOST_ROWS);
    double[] means = new double[dimension];
    long count = 0;
    for (SampledRows sample = new SampledRows(batches, columns, step); sample.next(); count++) {
      for (int d = 0; d < dimension; d++) {
        means[d] += sample.row()[d];
      }
    }
    for (int d = 0; d < dimension; d++) {
      means[d] /= Math.max(1, count);
    }
    DMatrixRMaj covariance = new DMatrixRMaj(dimension, dimension);
    double[][] block = new double[ROWS_AT_ONCE][dimension];
    int filled = 0;
    for (SampledRows sample = new SampledRows(batches, columns, step); sample.next(); ) {
      for (int d = 0; d < dimension; d++) {
        block[filled][d] = sample.row()[d] - means[d];
      }
      if (++filled == ROWS_AT_ONCE) {
        add(block, covariance);
        filled = 0;
      }
    }
    for (int r = filled; r < ROWS_AT_ONCE; r++) {
      Arrays.fill(block[r], 0);
    }
    add(block, covariance);
    return new Components(components(covariance), means);
  }

  /** Adds the rows' outer products to the upper triangle, eight rows for one pass over it. */
  private static void add(double[][] x, DMatrixRMaj sum) {
    int dimension = sum.getNumCols();
    double[] s = sum.getData();
    double[] x0 = x[0];
    double[] x1 = x[1];
    double[] x2 = x[2];
    double[] x3 = x[3];
    double[] x4 = x[4];
    double[] x5 = x[5];
    double[] x6 = x[6];
    double[] x7 = x[7];
    for (int i = 0; i < dimension; i++) {
      int row = i * dimension;
      for (int j = i; j < dimension; j++) {
        s[row + j] +=
            x0[i] * x0[j]
                + x1[i] * x1[j]
                + x2[i] * x2[j]
                + x3[i] * x3[j]
                + x4[i] * x4[j]
                + x5[i] * x5[j]
                + x6[i] * x6[j]
                + x7[i] * x7[j];
      }
    }
  }

  private static double[][] components(DMatrixRMaj upper) {
    int dimension = upper.getNumCols();
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j < i; j++) {
        upper.set(i, j, upper.get(j, i));
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen =
        DecompositionFactory_DDRM.eig(dimension, true, true);
    if (!eigen.decompose(upper)) {
      throw new IllegalStateException("the covariance has no eigenvectors");
    }
    Integer[] order = new Integer[dimension];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        (a, b) ->
            Double.compare(eigen.getEigenvalue(b).getReal(), eigen.getEigenvalue(a).getReal()));
    double[][] rows = new double[dimension][];
    for (int k = 0; k < dimension; k++) {
      rows[k] = signed(eigen.getEigenVector(order[k]).getData());
    }
    return rows;
  }

  private static double[] signed(double[] vector) {
    double largest = 0;
    for (double value : vector) {
      if (Math.abs(value) > Math.abs(largest)) {
        largest = value;
      }
    }
    double sign = largest < 0 ? -1 : 1;
    return Arrays.stream(vector).map(value -> sign * value).toArray();
  }

  /** Every {@code step}-th row, some columns of it. */
  private static final class SampledRows {
    private final List<EmbeddingBatch> batches;
    private final int[] columns;
    private final long step;
    private final double[] row;
    private int batch;
    private long next;

    SampledRows(List<EmbeddingBatch> batches, int[] columns, long step) {
      this.batches = batches;
      this.columns = columns;
      this.step = step;
      this.row = new double[columns.length];
    }

    boolean next() {
      while (batch < batches.size() && next >= batches.get(batch).rows()) {
        next -= batches.get(batch).rows();
        batch++;
      }
      if (batch == batches.size()) {
        return false;
      }
      EmbeddingBatch current = batches.get(batch);
      ArrowBuf values = current.values().getDataBuffer();
      long first = Float.BYTES * next * current.dimension();
      for (int d = 0; d < row.length; d++) {
        row[d] = values.getFloat(first + (long) Float.BYTES * columns[d]);
      }
      next += step;
      return true;
    }

    double[] row() {
      return row;
    }
  }
}
