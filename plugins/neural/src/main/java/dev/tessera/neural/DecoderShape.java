package dev.tessera.neural;

/**
 * The sizes of a causal transformer; see {@link DecoderWeights}.
 *
 * @param width D, of a token's vector and of what each layer gives
 * @param layers at least 1
 * @param heads of attention, a divisor of the width
 * @param positions the longest sequence
 */
public record DecoderShape(int width, int layers, int heads, int positions) {

  /** How much wider the middle of a layer's second half is. */
  static final int EXPANSION = 4;

  /** Checks that heads divide the width. */
  public DecoderShape {
    if (heads < 1 || width < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "heads must divide the width %d, was %d".formatted(width, heads));
    }
  }

  /** The width of a head. */
  public int headWidth() {
    return width / heads;
  }
}
