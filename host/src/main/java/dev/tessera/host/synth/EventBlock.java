package dev.tessera.host.synth;

import dev.tessera.api.EventKind;
import java.util.EnumMap;
import java.util.Map;

/**
 * All events of a run of neighbouring clients, in random order. Items are product indices, page
 * indices, or packed {@link Query}s. Its content depends on plan and number alone, so blocks may be
 * made by any threads in any order.
 */
final class EventBlock {

  /** Enough to mix rows well, few enough that a block is a few megabytes. */
  static final int CLIENTS = 8_192;

  private static final long CLIENT_SALT = 0x636c6965L;
  private static final long SHUFFLE_SALT = 0x73687566L;
  private static final int EXPECTED_VISITS_PER_CLIENT = 12;
  private static final int EXPECTED_OTHERS_PER_CLIENT = 1;

  private final Map<EventKind, EventColumns> tables = new EnumMap<>(EventKind.class);

  private EventBlock() {
    for (EventKind kind : EventKind.values()) {
      int perClient =
          kind == EventKind.PAGE_VISIT ? EXPECTED_VISITS_PER_CLIENT : EXPECTED_OTHERS_PER_CLIENT;
      tables.put(kind, new EventColumns(perClient * CLIENTS));
    }
  }

  static int blocks(ShopPlan plan) {
    return Math.toIntExact((plan.clients() + CLIENTS - 1) / CLIENTS);
  }

  /** Clients of the {@code number}-th block: only the last may have fewer. */
  static long clients(ShopPlan plan, int number) {
    return Math.min(CLIENTS, plan.clients() - (long) number * CLIENTS);
  }

  /** Generates the {@code number}-th block. */
  static EventBlock generate(ShopPlan plan, Catalogue catalogue, int number) {
    EventBlock block = new EventBlock();
    ClientLife life = new ClientLife(plan, catalogue, block);
    long first = (long) number * CLIENTS;
    for (long client = first; client < first + clients(plan, number); client++) {
      life.live(client, ShopRandom.mix(plan.seed() ^ CLIENT_SALT, client));
    }
    block.tables.forEach(
        (kind, events) ->
            events.shuffle(
                new ShopRandom(
                    ShopRandom.mix(
                        ShopRandom.mix(plan.seed() ^ SHUFFLE_SALT, number), kind.ordinal()))));
    return block;
  }

  EventColumns table(EventKind kind) {
    return tables.get(kind);
  }
}
