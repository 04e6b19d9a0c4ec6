package dev.tessera.neural;

/** Gives the batches of each epoch; which ones, and what is in them, the seed alone fixes. */
public interface BatchSource {

  /**
   * The batches of an epoch.
   *
   * @param epoch from 0
   */
  Epoch epoch(int epoch);

  /** The batches of one epoch, to be read in any order by one thread. */
  interface Epoch {
    /** The number of batches. */
    int size();

    /** The number of tokens of all batches, padding not counted. */
    long tokens();

    /** A batch, read now. */
    TokenBatch batch(int index);
  }
}
