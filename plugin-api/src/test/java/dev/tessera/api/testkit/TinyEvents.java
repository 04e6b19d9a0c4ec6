package dev.tessera.api.testkit;

import dev.tessera.api.EventKind;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;

/** Seeded logs of a few hundred clients, and a checkerboard whose answer is known. */
public final class TinyEvents {

  /** The first second of the tiny logs: 2022-06-23T00:00:00Z, in microseconds. */
  public static final long START_MICROS = 1_655_942_400_000_000L;

  /** A day in microseconds. */
  public static final long DAY_MICROS = 86_400_000_000L;

  private TinyEvents() {}

  /**
   * A log with all five kinds over 60 days: clients 100, 103, 106, …; one in ten is relevant
   * without an event, one in ten has events but is not relevant; some skus lack properties.
   */
  public static BuiltLog log(BufferAllocator allocator, long seed, int clients) {
    Random random = new Random(seed);
    EventLogBuilder builder = new EventLogBuilder();
    for (int sku = 0; sku < 90; sku++) {
      byte[] name = new byte[16];
      random.nextBytes(name);
      builder.product(7L * sku, (long) (sku % 9), (long) random.nextInt(100), name);
    }
    for (int i = 0; i < clients; i++) {
      long client = 100 + 3L * i;
      if (i % 10 != 9) {
        builder.relevant(client);
      }
      if (i % 10 == 8) {
        continue;
      }
      int taste = random.nextInt(9);
      int events = 1 + random.nextInt(30);
      for (int e = 0; e < events; e++) {
        // whole minutes, so that some events share an instant
        long micros = START_MICROS + random.nextInt(60 * 24 * 60) * 60_000_000L;
        long sku = 7L * (taste + 9L * random.nextInt(11));
        switch (random.nextInt(6)) {
          case 0 -> builder.event(EventKind.PRODUCT_BUY, client, micros, sku);
          case 1 -> builder.event(EventKind.ADD_TO_CART, client, micros, sku);
          case 2 -> builder.event(EventKind.REMOVE_FROM_CART, client, micros, sku);
          case 3 -> {
            byte[] query = new byte[16];
            java.util.Arrays.fill(query, (byte) (taste * 25));
            builder.search(client, micros, query);
          }
          default -> builder.event(EventKind.PAGE_VISIT, client, micros, 5L * random.nextInt(200));
        }
      }
    }
    return builder.build(allocator);
  }

  /**
   * Clients and skus 0 … size-1; client c bought every sku s with (c + s) even, once each. Two
   * groups with nothing in common: vectors within a group must be alike, across groups unlike.
   */
  public static BuiltLog checkerboard(BufferAllocator allocator, int size) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int sku = 0; sku < size; sku++) {
      builder.product(sku, (long) sku, (long) (sku % 10));
    }
    for (int client = 0; client < size; client++) {
      builder.relevant(client);
      for (int sku = client % 2; sku < size; sku += 2) {
        builder.event(EventKind.PRODUCT_BUY, client, START_MICROS + sku * 3_600_000_000L, sku);
      }
    }
    return builder.build(allocator);
  }
}
