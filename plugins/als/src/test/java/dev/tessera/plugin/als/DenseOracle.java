package dev.tessera.plugin.als;

/** The definitions written down densely in double: every pair of client and item, no shortcut. */
final class DenseOracle {

  private final double[][] weights;
  private final double alpha;
  private final double regularization;

  /**
   * Fills the dense matrix.
   *
   * @param weights clients × items, 0 for no entry
   */
  DenseOracle(double[][] weights, double alpha, double regularization) {
    this.weights = weights;
    this.alpha = alpha;
    this.regularization = regularization;
  }

  /** The sparse form of the same matrix. */
  InteractionMatrix sparse() {
    int entries = 0;
    for (double[] row : weights) {
      for (double weight : row) {
        entries += weight > 0 ? 1 : 0;
      }
    }
    int[] starts = new int[weights.length + 1];
    int[] columns = new int[entries];
    float[] values = new float[entries];
    int next = 0;
    for (int row = 0; row < weights.length; row++) {
      for (int column = 0; column < weights[row].length; column++) {
        if (weights[row][column] > 0) {
          columns[next] = column;
          values[next++] = (float) weights[row][column];
        }
      }
      starts[row + 1] = next;
    }
    return new InteractionMatrix(weights[0].length, starts, columns, values);
  }

  /** x_u = (Σ_i c_ui y_i y_iᵀ + λI)⁻¹ Σ_i c_ui p_ui y_i for every client. */
  double[][] solveClients(double[][] items) {
    double[][] solved = new double[weights.length][];
    for (int client = 0; client < weights.length; client++) {
      solved[client] = solve(weights[client], items);
    }
    return solved;
  }

  /** The same for every item. */
  double[][] solveItems(double[][] clients) {
    double[][] solved = new double[weights[0].length][];
    for (int item = 0; item < solved.length; item++) {
      double[] column = new double[weights.length];
      for (int client = 0; client < column.length; client++) {
        column[client] = weights[client][item];
      }
      solved[item] = solve(column, clients);
    }
    return solved;
  }

  double loss(double[][] clients, double[][] items) {
    double loss = 0;
    double confidences = 0;
    for (int u = 0; u < clients.length; u++) {
      for (int i = 0; i < items.length; i++) {
        double target = weights[u][i] > 0 ? 1 : 0;
        double error = target - dot(clients[u], items[i]);
        loss += confidence(weights[u][i]) * error * error;
        confidences += confidence(weights[u][i]);
      }
    }
    for (double[] client : clients) {
      loss += regularization * dot(client, client);
    }
    for (double[] item : items) {
      loss += regularization * dot(item, item);
    }
    return loss / confidences;
  }

  private double confidence(double weight) {
    return weight > 0 ? alpha * weight : 1;
  }

  private double[] solve(double[] row, double[][] fixed) {
    int n = fixed[0].length;
    double[][] system = new double[n][n + 1];
    for (int other = 0; other < fixed.length; other++) {
      double[] y = fixed[other];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          system[i][j] += confidence(row[other]) * y[i] * y[j];
        }
        system[i][n] += row[other] > 0 ? confidence(row[other]) * y[i] : 0;
      }
    }
    for (int i = 0; i < n; i++) {
      system[i][i] += regularization;
    }
    return eliminate(system);
  }

  /** Gauss and Jordan; the pivots of a positive definite matrix need no exchange. */
  private static double[] eliminate(double[][] system) {
    int n = system.length;
    for (int pivot = 0; pivot < n; pivot++) {
      for (int i = 0; i < n; i++) {
        double factor = i == pivot ? 0 : system[i][pivot] / system[pivot][pivot];
        for (int j = pivot; j <= n; j++) {
          system[i][j] -= factor * system[pivot][j];
        }
      }
    }
    double[] solution = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = system[i][n] / system[i][i];
    }
    return solution;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }
}
