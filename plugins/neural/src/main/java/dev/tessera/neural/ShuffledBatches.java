package dev.tessera.neural;

import java.util.SplittableRandom;

/**
 * The whole sequences of some clients, in a new random order each epoch.
 *
 * @param source the sequences
 * @param clients those to read, each of a length of at least 1
 * @param options the size of batches
 * @param seed fixes the order
 */
public record ShuffledBatches(SequenceSource source, int[] clients, BatchOptions options, long seed)
    implements BatchSource {

  @Override
  public Epoch epoch(int epoch) {
    BatchPlan plan =
        BatchPlan.shuffled(
            clients, source::length, options, new SplittableRandom(Seeds.mix(seed, epoch)));
    return new PlannedEpoch(source, plan);
  }
}
