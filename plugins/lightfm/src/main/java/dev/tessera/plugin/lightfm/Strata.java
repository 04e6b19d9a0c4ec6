package dev.tessera.plugin.lightfm;

import dev.tessera.api.PluginContext;
import java.util.Arrays;

/**
 * The order of one epoch's pairs. Clients and skus are dealt anew into {@code parts} groups each,
 * so that pairs fall into parts × parts cells; in round r task t takes the cell of client group t
 * and sku group (t + r) mod parts, and draws its other skus from that group too. No two tasks of a
 * round share a client or a sku, so they may run at once, and the result is that of running them
 * one after the other.
 *
 * <p>Source: R. Gemulla et al., <i>Large-Scale Matrix Factorization with Distributed Stochastic
 * Gradient Descent</i>, KDD 2011.
 */
final class Strata {

  private final Pairs pairs;
  private final int[] clientOfPair;
  private final int parts;
  private final int[] order;
  private final int[] cellStarts;
  private final int[] skus;
  private final int[] groupStarts;

  /**
   * Allocates the orders.
   *
   * @param parts how many groups; a function of the data alone
   */
  Strata(Pairs pairs, int parts) {
    this.pairs = pairs;
    this.parts = parts;
    this.clientOfPair = new int[pairs.size()];
    for (int client = 0; client < pairs.clients(); client++) {
      Arrays.fill(clientOfPair, pairs.starts()[client], pairs.starts()[client + 1], client);
    }
    this.order = new int[pairs.size()];
    this.cellStarts = new int[parts * parts + 1];
    this.skus = new int[pairs.skuCount()];
    this.groupStarts = new int[parts + 1];
  }

  /** How many groups there are, rounds in an epoch and tasks in a round. */
  int parts() {
    return parts;
  }

  /** Deals for an epoch. */
  void deal(long seed, int epoch, PluginContext context) {
    byte[] groupOfClient = groups(pairs.clients(), Draws.mix(seed + 2L * epoch));
    byte[] groupOfSku = groups(pairs.skuCount(), Draws.mix(seed + 2L * epoch + 1));
    Arrays.fill(groupStarts, 0);
    for (byte group : groupOfSku) {
      groupStarts[group + 1]++;
    }
    Arrays.parallelPrefix(groupStarts, Integer::sum);
    int[] next = groupStarts.clone();
    for (int sku = 0; sku < groupOfSku.length; sku++) {
      skus[next[groupOfSku[sku]]++] = sku;
    }
    Arrays.fill(cellStarts, 0);
    for (int pair = 0; pair < order.length; pair++) {
      cellStarts[cell(groupOfClient, groupOfSku, pair) + 1]++;
    }
    Arrays.parallelPrefix(cellStarts, Integer::sum);
    next = cellStarts.clone();
    for (int pair = 0; pair < order.length; pair++) {
      order[next[cell(groupOfClient, groupOfSku, pair)]++] = pair;
    }
    context.parallel(
        parts * parts,
        cell ->
            new Draws()
                .begin(seed, epoch, cell, -1)
                .shuffle(order, cellStarts[cell], cellStarts[cell + 1]));
  }

  private int cell(byte[] groupOfClient, byte[] groupOfSku, int pair) {
    return groupOfClient[clientOfPair[pair]] * parts + groupOfSku[pairs.skus()[pair]];
  }

  private byte[] groups(int count, long seed) {
    byte[] groups = new byte[count];
    for (int i = 0; i < count; i++) {
      groups[i] = (byte) (((Draws.mix(seed + i) >>> 32) * parts) >>> 32);
    }
    return groups;
  }

  /** The pairs in the order they are taken. */
  int[] order() {
    return order;
  }

  /** The client of each pair. */
  int[] clientOfPair() {
    return clientOfPair;
  }

  /** The group of skus that a task takes in a round. */
  int skuGroup(int round, int task) {
    return (task + round) % parts;
  }

  /** Where a task's pairs of a round start in {@link #order}. */
  int start(int round, int task) {
    return cellStarts[task * parts + skuGroup(round, task)];
  }

  /** One past their end. */
  int end(int round, int task) {
    return cellStarts[task * parts + skuGroup(round, task) + 1];
  }

  /** All skus, group after group. */
  int[] skus() {
    return skus;
  }

  /** Where a group starts in {@link #skus}; the start of group {@code parts} is the end. */
  int groupStart(int group) {
    return groupStarts[group];
  }
}
