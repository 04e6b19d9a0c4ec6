package dev.tessera.plugin.llm;

/** The vectors of the texts done so far, in the order of the texts. */
interface TextVectors extends AutoCloseable {

  /** How many texts are done. */
  int done();

  /** Keeps the vectors of the next texts: the first {@code texts} rows. */
  void add(float[] vectors, int texts);

  /** Reads the vector of a text that is done. */
  void read(int text, float[] vector);

  @Override
  void close();
}
