package dev.tessera.plugin.nextsku;

import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchPlan;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.PlannedEpoch;
import dev.tessera.neural.Seeds;
import dev.tessera.neural.SequenceSource;
import java.util.SplittableRandom;

/**
 * A part of each client's history, another one in each epoch: of a history longer than the least
 * length, a random length up to the most, at a random place.
 *
 * @param source whole histories
 * @param clients dense indices
 * @param least the least tokens of a part, unless the history is shorter
 * @param most the most
 * @param options the size of batches
 * @param seed fixes parts and order
 */
record SlicedBatches(
    SequenceSource source, int[] clients, int least, int most, BatchOptions options, long seed)
    implements BatchSource {

  @Override
  public Epoch epoch(int epoch) {
    long epochSeed = Seeds.mix(seed, epoch);
    int[] starts = new int[clients.length];
    int[] lengths = new int[clients.length];
    int[] places = new int[clients.length];
    for (int i = 0; i < clients.length; i++) {
      SplittableRandom random = new SplittableRandom(Seeds.mix(epochSeed, clients[i]));
      int all = source.length(clients[i]);
      lengths[i] = all <= least ? all : least + random.nextInt(Math.min(most, all) - least + 1);
      starts[i] = random.nextInt(all - lengths[i] + 1);
      places[i] = i;
    }
    SequenceSource parts = new Parts(source, clients, starts, lengths);
    return new PlannedEpoch(
        parts, BatchPlan.shuffled(places, parts::length, options, new SplittableRandom(epochSeed)));
  }

  /** Sequences by the place of a client among those learnt from. */
  private record Parts(SequenceSource source, int[] clients, int[] starts, int[] lengths)
      implements SequenceSource {

    @Override
    public int columns() {
      return source.columns();
    }

    @Override
    public int length(int place) {
      return lengths[place];
    }

    @Override
    public Reader reader() {
      Reader whole = source.reader();
      return (place, target, offset) -> {
        int[][] history = new int[columns()][source.length(clients[place])];
        whole.read(clients[place], history, 0);
        for (int column = 0; column < history.length; column++) {
          System.arraycopy(history[column], starts[place], target[column], offset, lengths[place]);
        }
      };
    }
  }
}
