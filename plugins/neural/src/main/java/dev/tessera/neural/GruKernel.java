package dev.tessera.neural;

import static dev.tessera.neural.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * One unit's arithmetic for a row of H values, forwards and backwards; see {@link GruStack} for the
 * formulas. Works on heap arrays small enough for a core's first cache. Not safe for several
 * threads.
 */
final class GruKernel {

  private final int hidden;

  /** [3H] W_i x + b_i: r, z, n. */
  final float[] fromInput;

  /** [3H] W_h h + b_h: r, z, and what r scales, called q. */
  final float[] fromState;

  final float[] before;
  final float[] after;
  final float[] r;
  final float[] z;
  final float[] n;
  final float[] q;

  /**
   * Backwards: [H] the gradient of the state after; then z times it, the direct part of before's.
   */
  final float[] gradient;

  /** For rows of H values. */
  GruKernel(int hidden) {
    this.hidden = hidden;
    fromInput = new float[3 * hidden];
    fromState = new float[3 * hidden];
    before = new float[hidden];
    after = new float[hidden];
    r = new float[hidden];
    z = new float[hidden];
    n = new float[hidden];
    q = new float[hidden];
    gradient = new float[hidden];
  }

  /** From {@link #fromInput}, {@link #fromState} and {@link #before} to all others. */
  void forward() {
    int bound = FLOATS.loopBound(hidden);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector reset = VectorMath.sigmoid(load(fromInput, i).add(load(fromState, i)));
      FloatVector update =
          VectorMath.sigmoid(load(fromInput, hidden + i).add(load(fromState, hidden + i)));
      FloatVector scaled = load(fromState, 2 * hidden + i);
      FloatVector candidate = VectorMath.tanh(reset.fma(scaled, load(fromInput, 2 * hidden + i)));
      reset.intoArray(r, i);
      update.intoArray(z, i);
      candidate.intoArray(n, i);
      scaled.intoArray(q, i);
      load(before, i).sub(candidate).fma(update, candidate).intoArray(after, i);
    }
    for (int i = bound; i < hidden; i++) {
      r[i] = VectorMath.sigmoid(fromInput[i] + fromState[i]);
      z[i] = VectorMath.sigmoid(fromInput[hidden + i] + fromState[hidden + i]);
      q[i] = fromState[2 * hidden + i];
      n[i] = VectorMath.tanh(Math.fma(r[i], q[i], fromInput[2 * hidden + i]));
      after[i] = Math.fma(before[i] - n[i], z[i], n[i]);
    }
  }

  /**
   * From {@link #gradient}, r, z, n, q and {@link #before} to the gradients of {@link #fromInput}
   * and {@link #fromState}, written there, and to the direct part of the gradient of the state
   * before.
   */
  void backward() {
    int bound = FLOATS.loopBound(hidden);
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector dh = load(gradient, i);
      FloatVector reset = load(r, i);
      FloatVector update = load(z, i);
      FloatVector candidate = load(n, i);
      FloatVector dn = dh.mul(one.sub(update)).mul(one.sub(candidate.mul(candidate)));
      FloatVector dz = dh.mul(load(before, i).sub(candidate)).mul(update).mul(one.sub(update));
      FloatVector dq = dn.mul(reset);
      FloatVector dr = dq.mul(load(q, i)).mul(one.sub(reset));
      dr.intoArray(fromInput, i);
      dr.intoArray(fromState, i);
      dz.intoArray(fromInput, hidden + i);
      dz.intoArray(fromState, hidden + i);
      dn.intoArray(fromInput, 2 * hidden + i);
      dq.intoArray(fromState, 2 * hidden + i);
      dh.mul(update).intoArray(gradient, i);
    }
    for (int i = bound; i < hidden; i++) {
      float dn = gradient[i] * (1 - z[i]) * (1 - n[i] * n[i]);
      float dz = gradient[i] * (before[i] - n[i]) * z[i] * (1 - z[i]);
      float dq = dn * r[i];
      float dr = dq * q[i] * (1 - r[i]);
      fromInput[i] = dr;
      fromState[i] = dr;
      fromInput[hidden + i] = dz;
      fromState[hidden + i] = dz;
      fromInput[2 * hidden + i] = dn;
      fromState[2 * hidden + i] = dq;
      gradient[i] *= z[i];
    }
  }

  private static FloatVector load(float[] values, int from) {
    return FloatVector.fromArray(FLOATS, values, from);
  }
}
