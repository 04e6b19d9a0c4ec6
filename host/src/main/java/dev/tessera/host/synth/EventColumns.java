package dev.tessera.host.synth;

import java.util.Arrays;

/**
 * The events of one kind in one block: client index, second and item of each. Grows; an event costs
 * no object. For one thread.
 */
final class EventColumns {

  private static final double GROWTH = 1.5;

  private long[] clients;
  private int[] seconds;
  private long[] items;
  private int rows;

  EventColumns(int capacity) {
    clients = new long[capacity];
    seconds = new int[capacity];
    items = new long[capacity];
  }

  void add(long client, int second, long item) {
    if (rows == clients.length) {
      int capacity = (int) (rows * GROWTH) + 16;
      clients = Arrays.copyOf(clients, capacity);
      seconds = Arrays.copyOf(seconds, capacity);
      items = Arrays.copyOf(items, capacity);
    }
    clients[rows] = client;
    seconds[rows] = second;
    items[rows] = item;
    rows++;
  }

  int rows() {
    return rows;
  }

  long client(int row) {
    return clients[row];
  }

  int second(int row) {
    return seconds[row];
  }

  long item(int row) {
    return items[row];
  }

  /** Puts the rows into a random order. */
  void shuffle(ShopRandom random) {
    for (int row = rows - 1; row > 0; row--) {
      int other = random.below(row + 1);
      long client = clients[row];
      clients[row] = clients[other];
      clients[other] = client;
      int second = seconds[row];
      seconds[row] = seconds[other];
      seconds[other] = second;
      long item = items[row];
      items[row] = items[other];
      items[other] = item;
    }
  }
}
