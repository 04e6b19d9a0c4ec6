package dev.tessera.neural;

/**
 * The arithmetic of a unit between the products, for some rows of H values, forwards and backwards;
 * see {@link GruStack} for the formulas. Works on heap arrays small enough for a core's own cache,
 * in short loops that the JVM turns into vector instructions. Not safe for several threads.
 */
final class GruKernel {

  private static final int BLOCK_FLOATS = 2048;

  private final int hidden;
  private final int capacity;

  /** [rows, 3H] W_i x + b_i: r, z, n. Backwards: its gradient. */
  final float[] fromInput;

  /** [rows, 3H] W_h h + b_h: r, z, and what r scales, called q. Backwards: its gradient. */
  final float[] fromState;

  /** [rows, H] the state before. */
  final float[] before;

  /** [rows, H] the state after. */
  final float[] after;

  /** [rows, 2H] r and z. */
  final float[] gates;

  /** [rows, H] n. */
  final float[] candidate;

  /** [rows, H] q. */
  final float[] scaled;

  /** [rows, H] backwards: the gradient of the state after; then z times it. */
  final float[] gradient;

  /** For rows of H values. */
  GruKernel(int hidden) {
    this.hidden = hidden;
    capacity = Math.max(1, BLOCK_FLOATS / hidden);
    fromInput = new float[3 * hidden * capacity];
    fromState = new float[3 * hidden * capacity];
    before = new float[hidden * capacity];
    after = new float[hidden * capacity];
    gates = new float[2 * hidden * capacity];
    candidate = new float[hidden * capacity];
    scaled = new float[hidden * capacity];
    gradient = new float[hidden * capacity];
  }

  /** The most rows at a time. */
  int capacity() {
    return capacity;
  }

  /** From {@link #fromInput}, {@link #fromState} and {@link #before} to all others. */
  void forward(int rows) {
    for (int row = 0; row < rows; row++) {
      addGates(row * 3 * hidden, row * 2 * hidden);
    }
    VectorMath.sigmoids(gates, 2 * hidden * rows);
    for (int row = 0; row < rows; row++) {
      addCandidate(row);
    }
    // tanh(x) = 2 σ(2x) − 1
    VectorMath.sigmoids(candidate, hidden * rows);
    for (int i = 0; i < hidden * rows; i++) {
      candidate[i] = 2 * candidate[i] - 1;
    }
    for (int row = 0; row < rows; row++) {
      mix(row * hidden, (2 * row + 1) * hidden);
    }
  }

  private void addGates(int from, int to) {
    for (int i = 0; i < 2 * hidden; i++) {
      gates[to + i] = fromInput[from + i] + fromState[from + i];
    }
  }

  private void addCandidate(int row) {
    int at = row * hidden;
    int reset = row * 2 * hidden;
    int from = (3 * row + 2) * hidden;
    System.arraycopy(fromState, from, scaled, at, hidden);
    for (int i = 0; i < hidden; i++) {
      candidate[at + i] = 2 * (fromInput[from + i] + gates[reset + i] * scaled[at + i]);
    }
  }

  private void mix(int at, int update) {
    for (int i = 0; i < hidden; i++) {
      after[at + i] = candidate[at + i] + gates[update + i] * (before[at + i] - candidate[at + i]);
    }
  }

  /**
   * From {@link #gradient}, {@link #gates}, {@link #candidate}, {@link #scaled} and {@link #before}
   * to the gradients of {@link #fromInput} and {@link #fromState}, written there, and to the direct
   * part of the gradient of the state before, z times that of the state after.
   */
  void backward(int rows) {
    for (int row = 0; row < rows; row++) {
      candidateBack(row);
      resetBack(row);
      updateBack(row);
    }
  }

  private void candidateBack(int row) {
    int at = row * hidden;
    int update = (2 * row + 1) * hidden;
    int to = (3 * row + 2) * hidden;
    for (int i = 0; i < hidden; i++) {
      float n = candidate[at + i];
      fromInput[to + i] = gradient[at + i] * (1 - gates[update + i]) * (1 - n * n);
    }
  }

  private void resetBack(int row) {
    int at = row * hidden;
    int reset = row * 2 * hidden;
    int to = row * 3 * hidden;
    int candidates = to + 2 * hidden;
    for (int i = 0; i < hidden; i++) {
      fromState[candidates + i] = fromInput[candidates + i] * gates[reset + i];
    }
    for (int i = 0; i < hidden; i++) {
      fromState[to + i] = fromState[candidates + i] * scaled[at + i] * (1 - gates[reset + i]);
    }
    System.arraycopy(fromState, to, fromInput, to, hidden);
  }

  private void updateBack(int row) {
    int at = row * hidden;
    int update = (2 * row + 1) * hidden;
    int to = (3 * row + 1) * hidden;
    for (int i = 0; i < hidden; i++) {
      float z = gates[update + i];
      fromState[to + i] = gradient[at + i] * (before[at + i] - candidate[at + i]) * z * (1 - z);
    }
    System.arraycopy(fromState, to, fromInput, to, hidden);
    for (int i = 0; i < hidden; i++) {
      gradient[at + i] *= gates[update + i];
    }
  }
}
