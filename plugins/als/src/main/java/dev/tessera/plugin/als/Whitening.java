package dev.tessera.plugin.als;

/**
 * The change of variables that turns YᵀY + λI into the identity. With YᵀY + λI = RᵀR and z = R x
 * the row's system (YᵀY + λI + YᵀDY) x = Yᵀc becomes (I + WᵀDW) z = Wᵀc with W = Y R⁻¹, so that the
 * part that all rows share costs nothing more per row and step, and is solved by the first step.
 *
 * <p>Vectors are rows here: each matrix is applied from the right. All are [stride, stride]; the
 * padding stays zero.
 *
 * @param ofFixed R⁻¹: y → w
 * @param ofSolved Rᵀ: x → z
 * @param back R⁻ᵀ: z → x
 */
record Whitening(float[] ofFixed, float[] ofSolved, float[] back) {

  /** Factors a Gram matrix in double, since λ may be far below its largest value in float. */
  static Whitening of(double[] gram, double regularization, int factors, int stride) {
    double[] r = gram.clone();
    for (int k = 0; k < factors; k++) {
      r[k * stride + k] += regularization;
    }
    Cholesky.factor(r, factors, stride);
    double[] inverse = Cholesky.inverse(r, factors, stride);
    float[] ofFixed = new float[stride * stride];
    float[] ofSolved = new float[stride * stride];
    float[] back = new float[stride * stride];
    for (int i = 0; i < factors; i++) {
      for (int j = i; j < factors; j++) {
        ofFixed[i * stride + j] = (float) inverse[i * stride + j];
        ofSolved[j * stride + i] = (float) r[i * stride + j];
        back[j * stride + i] = (float) inverse[i * stride + j];
      }
    }
    return new Whitening(ofFixed, ofSolved, back);
  }
}
