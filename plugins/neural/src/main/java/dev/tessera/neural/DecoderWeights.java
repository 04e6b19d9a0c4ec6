package dev.tessera.neural;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a causal transformer in the form of GPT-2 (Radford et al., 2019): learned
 * positions, layers of masked self-attention and a two-layer network, each behind a normalisation
 * and added to its input, and a normalisation at the end.
 *
 * <p>{@code x ← e + wpe}; per layer {@code x ← x + A(LN₁(x)) W_o + b_o}, {@code x ← x + γ(LN₂(x)
 * W_1 + b_1) W_2 + b_2}; result {@code LN_f(x)}. {@code A}: per head {@code softmax(q kᵀ / √d) v}
 * over the positions up to its own. {@code γ(x) = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))}.
 * Layouts as in GPT-2's published weights: matrices [in, out], q, k and v side by side, heads in
 * slices.
 */
public final class DecoderWeights {

  /** Added to the variance in normalisations. */
  static final double EPSILON = 1e-5;

  private static final double DEVIATION = 0.02;

  private final DecoderShape shape;
  private final Parameter positions;
  private final List<Layer> layers = new ArrayList<>();
  private final Norm last;

  /** A normalisation: {@code (x − mean) / √(variance + ε) · weight + bias}, each [D]. */
  record Norm(Parameter weight, Parameter bias) {}

  /** {@code y = x W + b}: W [in, out], b [out]. */
  record Linear(Parameter weight, Parameter bias) {}

  /** One layer. */
  record Layer(
      Norm first, Linear attention, Linear attended, Norm second, Linear widen, Linear narrow) {}

  /** Adds the weights {@code NAME.wpe.weight}, {@code NAME.h.0.ln_1.weight} … to parameters. */
  public DecoderWeights(Parameters parameters, String name, DecoderShape shape) {
    this.shape = shape;
    int width = shape.width();
    int wide = DecoderShape.EXPANSION * width;
    String wpe = name + ".wpe.weight";
    parameters.add(wpe, new Initial.Normal(DEVIATION), shape.positions(), width);
    positions = parameters.get(wpe);
    for (int layer = 0; layer < shape.layers(); layer++) {
      String prefix = name + ".h." + layer;
      layers.add(
          new Layer(
              norm(parameters, prefix + ".ln_1", width),
              linear(parameters, prefix + ".attn.c_attn", width, 3 * width),
              linear(parameters, prefix + ".attn.c_proj", width, width),
              norm(parameters, prefix + ".ln_2", width),
              linear(parameters, prefix + ".mlp.c_fc", width, wide),
              linear(parameters, prefix + ".mlp.c_proj", wide, width)));
    }
    last = norm(parameters, name + ".ln_f", width);
  }

  private static Norm norm(Parameters parameters, String name, int width) {
    parameters.add(name + ".weight", new Initial.Constant(1), width);
    parameters.add(name + ".bias", new Initial.Constant(0), width);
    return new Norm(parameters.get(name + ".weight"), parameters.get(name + ".bias"));
  }

  private static Linear linear(Parameters parameters, String name, int in, int out) {
    parameters.add(name + ".weight", new Initial.Normal(DEVIATION), in, out);
    parameters.add(name + ".bias", new Initial.Constant(0), out);
    return new Linear(parameters.get(name + ".weight"), parameters.get(name + ".bias"));
  }

  /** The sizes. */
  public DecoderShape shape() {
    return shape;
  }

  /** wpe [positions, D]. */
  Parameter positions() {
    return positions;
  }

  List<Layer> layers() {
    return layers;
  }

  /** LN_f. */
  Norm last() {
    return last;
  }
}
