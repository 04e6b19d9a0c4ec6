package dev.tessera.plugin.llm;

import java.util.Arrays;

/**
 * Vectors in memory: of so few texts that all are done before a file would be written. A client
 * whose events come live waits for no disk.
 */
final class HeldVectors implements TextVectors {

  private final int width;
  private float[] held = {};
  private int done;

  HeldVectors(int width) {
    this.width = width;
  }

  @Override
  public int done() {
    return done;
  }

  @Override
  public void add(float[] vectors, int texts) {
    held = Arrays.copyOf(held, (done + texts) * width);
    System.arraycopy(vectors, 0, held, done * width, texts * width);
    done += texts;
  }

  @Override
  public void read(int text, float[] vector) {
    System.arraycopy(held, text * width, vector, 0, width);
  }

  @Override
  public void close() {
    // heap only
  }
}
