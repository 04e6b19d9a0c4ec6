package dev.tessera.plugin.als;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;

/**
 * A = RᵀR for symmetric positive definite A, with R upper triangular, in double. Matrices are [n,
 * stride] arrays of which only the part on and above the diagonal is read or written. The inner
 * loops run along rows without a reduction, so that the JIT makes them vector loops by itself.
 */
final class Cholesky {

  private Cholesky() {}

  /** Turns A into R in place, row by row. */
  static void factor(double[] a, int n, int stride) {
    for (int i = 0; i < n; i++) {
      int row = i * stride;
      int p = 0;
      for (; p + 4 <= i; p += 4) {
        subtractFour(a, row, p, i, n, stride);
      }
      for (; p < i; p++) {
        subtract(a, row, a[p * stride + i], a, p * stride, i, n);
      }
      double pivot = a[row + i];
      if (!(pivot > 0)) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "a row's least-squares system is not positive definite in double precision (pivot %s); raise regularization"
                .formatted(pivot));
      }
      double root = Math.sqrt(pivot);
      double inverse = 1 / root;
      a[row + i] = root;
      for (int j = i + 1; j < n; j++) {
        a[row + j] *= inverse;
      }
    }
  }

  /** Turns b into the solution of RᵀR x = b in place. */
  static void solve(double[] r, int n, int stride, double[] b) {
    for (int i = 0; i < n; i++) {
      b[i] /= r[i * stride + i];
      subtract(b, 0, b[i], r, i * stride, i + 1, n);
    }
    for (int i = n - 1; i >= 0; i--) {
      double sum = b[i];
      for (int k = i + 1; k < n; k++) {
        sum -= r[i * stride + k] * b[k];
      }
      b[i] = sum / r[i * stride + i];
    }
  }

  /** R⁻¹, upper triangular, zeros below. */
  static double[] inverse(double[] r, int n, int stride) {
    double[] inverse = new double[n * stride];
    for (int i = n - 1; i >= 0; i--) {
      int rowI = i * stride;
      inverse[rowI + i] = 1;
      for (int k = i + 1; k < n; k++) {
        subtract(inverse, rowI, r[rowI + k], inverse, k * stride, k, n);
      }
      for (int j = i; j < n; j++) {
        inverse[rowI + j] /= r[rowI + i];
      }
    }
    return inverse;
  }

  /** Subtracts what the finished rows p … p + 3 contribute to row i; a fourth of the loops. */
  private static void subtractFour(double[] a, int row, int p, int i, int n, int stride) {
    int p0 = p * stride;
    int p1 = p0 + stride;
    int p2 = p1 + stride;
    int p3 = p2 + stride;
    double f0 = a[p0 + i];
    double f1 = a[p1 + i];
    double f2 = a[p2 + i];
    double f3 = a[p3 + i];
    for (int j = i; j < n; j++) {
      a[row + j] -= f0 * a[p0 + j] + f1 * a[p1 + j] + f2 * a[p2 + j] + f3 * a[p3 + j];
    }
  }

  private static void subtract(
      double[] target, int targetRow, double factor, double[] source, int row, int from, int to) {
    for (int j = from; j < to; j++) {
      target[targetRow + j] -= factor * source[row + j];
    }
  }
}
