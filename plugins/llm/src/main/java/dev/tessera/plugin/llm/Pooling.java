package dev.tessera.plugin.llm;

/** How the vectors of a text's tokens become one. */
enum Pooling {
  /** Their mean. */
  MEAN {
    @Override
    void pool(float[] states, int first, int tokens, int width, float[] target, int offset) {
      double share = 1.0 / tokens;
      for (int column = 0; column < width; column++) {
        double sum = 0;
        for (int token = 0; token < tokens; token++) {
          sum += states[first + token * width + column];
        }
        target[offset + column] = (float) (sum * share);
      }
    }
  },
  /** The vector of the last token, for decoders: it alone has seen the whole text. */
  LAST_TOKEN {
    @Override
    void pool(float[] states, int first, int tokens, int width, float[] target, int offset) {
      System.arraycopy(states, first + (tokens - 1) * width, target, offset, width);
    }
  },
  /** The vector of the first token, for encoders that were trained so. */
  CLS {
    @Override
    void pool(float[] states, int first, int tokens, int width, float[] target, int offset) {
      System.arraycopy(states, first, target, offset, width);
    }
  };

  /**
   * Writes a text's vector.
   *
   * @param states [… tokens · width …] the vectors of its tokens from {@code first} on
   * @param tokens of the text, padding not counted; at least 1
   * @param target [… width …] where the vector goes, from {@code offset} on
   */
  abstract void pool(float[] states, int first, int tokens, int width, float[] target, int offset);
}
