package dev.tessera.plugin.gruae;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.ProductTable;
import dev.tessera.neural.EventHistory;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.Tokens;
import java.util.Arrays;
import java.util.List;

/**
 * The 16 name codes of each distinct product that a client touched, in order of the first touch,
 * between begin and end. Products that the product file lacks have no name and are left out.
 */
final class NameSequences implements SequenceSource {

  private static final int TASK_CLIENTS = 4096;

  private final EventLog log;
  private final List<EventKind> kinds;
  private final int maxTokens;
  private final int[] lengths;

  /** Counts each client's tokens once; of them the last {@code maxTokens} count. */
  NameSequences(EventLog log, List<EventKind> kinds, int maxTokens, PluginContext context) {
    this.log = log;
    this.kinds = kinds;
    this.maxTokens = maxTokens;
    this.lengths = new int[log.clients()];
    int tasks = (log.clients() + TASK_CLIENTS - 1) / TASK_CLIENTS;
    context.parallel(
        tasks,
        task -> {
          Names names = new Names();
          int from = task * TASK_CLIENTS;
          for (int client = from;
              client < Math.min(lengths.length, from + TASK_CLIENTS);
              client++) {
            int tokens = Math.min(maxTokens, names.products(client) * ProductTable.TEXT_CODES);
            lengths[client] = tokens == 0 ? 0 : tokens + 2;
          }
        });
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public int length(int client) {
    return lengths[client];
  }

  @Override
  public Reader reader() {
    Names names = new Names();
    return (client, target, offset) -> names.read(client, target[0], offset);
  }

  private final class Names {

    private final EventHistory history =
        new EventHistory(log, kinds, (kind, item) -> log.products().isKnown(item));

    /** By sku, the client (plus one) who was last seen to touch it. */
    private final int[] touchedBy = new int[log.products().size()];

    private int[] skus = new int[64];

    /** Finds the distinct products of a client, in order of the first touch. */
    int products(int client) {
      int events = history.readLast(client, Integer.MAX_VALUE);
      int found = 0;
      for (int i = 0; i < events; i++) {
        int sku = history.item(i);
        if (touchedBy[sku] != client + 1) {
          touchedBy[sku] = client + 1;
          if (found == skus.length) {
            skus = Arrays.copyOf(skus, 2 * found);
          }
          skus[found++] = sku;
        }
      }
      for (int i = 0; i < found; i++) {
        touchedBy[skus[i]] = 0;
      }
      return found;
    }

    void read(int client, int[] target, int offset) {
      int all = products(client) * ProductTable.TEXT_CODES;
      if (all == 0) {
        return;
      }
      int dropped = all - Math.min(maxTokens, all);
      int at = offset;
      target[at++] = Tokens.BEGIN;
      for (int i = dropped; i < all; i++) {
        byte[] name = log.products().names().get(skus[i / ProductTable.TEXT_CODES]);
        target[at++] = FixedCodec.nameToken(name[i % ProductTable.TEXT_CODES]);
      }
      target[at] = Tokens.END;
    }
  }
}
