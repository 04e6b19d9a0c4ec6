package dev.tessera.plugin.als;

/** Half of an iteration: every row of one side is solved for with the other side held fixed. */
interface HalfStep {

  /**
   * Replaces {@code solved}; a row without entries becomes zero.
   *
   * @param entries rows as in {@code solved}, columns as in {@code fixed}
   * @param gram of {@code fixed}, [stride, stride] on and above the diagonal; not changed
   * @param solved the rows of the iteration before, from which an iterative method starts
   */
  void run(InteractionMatrix entries, Factors fixed, double[] gram, Factors solved);
}
