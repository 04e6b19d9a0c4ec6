package dev.tessera.neural;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Clients to learn from, and others on which to see how well it was learnt.
 *
 * @param training dense indices, ascending
 * @param heldOut dense indices, ascending
 */
public record ClientSplit(int[] training, int[] heldOut) {

  /**
   * A random part of the clients is held out, at least one if there are two.
   *
   * @param clients dense indices
   * @param share of the clients held out, 0 to 1
   */
  public static ClientSplit of(int[] clients, double share, long seed) {
    int[] shuffled = sample(clients, clients.length, seed);
    int held = (int) Math.round(share * clients.length);
    if (share > 0 && clients.length > 1) {
      held = Math.max(1, Math.min(held, clients.length - 1));
    }
    int[] heldOut = Arrays.copyOf(shuffled, held);
    int[] training = Arrays.copyOfRange(shuffled, held, shuffled.length);
    Arrays.sort(heldOut);
    Arrays.sort(training);
    return new ClientSplit(training, heldOut);
  }

  /** So many clients at random, in random order. */
  public static int[] sample(int[] clients, int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] shuffled = clients.clone();
    for (int i = 0; i < Math.min(size, shuffled.length); i++) {
      int j = i + random.nextInt(shuffled.length - i);
      int swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    return Arrays.copyOf(shuffled, Math.min(size, shuffled.length));
  }
}
