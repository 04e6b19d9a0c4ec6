package dev.tessera.plugin.llm;

import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The texts of some clients, equal ones as one. Texts are told apart by 128 bits of SHA-256, so
 * that none need be kept: they are written again when they are wanted.
 *
 * <p>Distinct texts are numbered in the order of the first client who has each.
 */
final class DistinctTexts {

  /** The text of a client who has none of the events. */
  static final int NONE = -1;

  private static final int TASK_CLIENTS = 1024;

  private final int[] textOf;
  private final int[] firstClients;
  private final String digest;

  private DistinctTexts(int[] textOf, int[] firstClients, String digest) {
    this.textOf = textOf;
    this.firstClients = firstClients;
    this.digest = digest;
  }

  /**
   * Writes each client's text once.
   *
   * @param clients dense indices; -1 for one who is not in the log
   */
  static DistinctTexts of(LlmConfig config, EventLog log, int[] clients, PluginContext context) {
    long[] high = new long[clients.length];
    long[] low = new long[clients.length];
    boolean[] present = new boolean[clients.length];
    int tasks = (clients.length + TASK_CLIENTS - 1) / TASK_CLIENTS;
    context.parallel(
        tasks,
        task -> {
          ClientText texts = config.texts(log);
          MessageDigest sha = ModelSource.sha256();
          int to = Math.min(clients.length, (task + 1) * TASK_CLIENTS);
          for (int i = task * TASK_CLIENTS; i < to; i++) {
            String text = clients[i] < 0 ? "" : texts.of(clients[i]);
            present[i] = !text.isEmpty();
            if (present[i]) {
              ByteBuffer hash = ByteBuffer.wrap(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
              high[i] = hash.getLong();
              low[i] = hash.getLong();
            }
          }
        });
    return number(clients, present, high, low);
  }

  private static DistinctTexts number(int[] clients, boolean[] present, long[] high, long[] low) {
    int[] textOf = new int[clients.length];
    int[] first = new int[clients.length];
    int count = 0;
    // open addressing; a slot holds the position, plus 1, of the first client with the text
    int[] slots = new int[Integer.highestOneBit(Math.max(8, clients.length)) * 4];
    MessageDigest all = ModelSource.sha256();
    ByteBuffer hash = ByteBuffer.allocate(2 * Long.BYTES);
    for (int i = 0; i < clients.length; i++) {
      if (!present[i]) {
        textOf[i] = NONE;
        continue;
      }
      int slot = (int) high[i] & (slots.length - 1);
      while (slots[slot] != 0
          && (high[slots[slot] - 1] != high[i] || low[slots[slot] - 1] != low[i])) {
        slot = (slot + 1) & (slots.length - 1);
      }
      if (slots[slot] == 0) {
        slots[slot] = i + 1;
        textOf[i] = count;
        first[count++] = clients[i];
        all.update(hash.clear().putLong(high[i]).putLong(low[i]).array());
      } else {
        textOf[i] = textOf[slots[slot] - 1];
      }
    }
    return new DistinctTexts(
        textOf, Arrays.copyOf(first, count), HexFormat.of().formatHex(all.digest()));
  }

  /** The number of distinct texts. */
  int count() {
    return firstClients.length;
  }

  /** The text of the i-th client, or {@link #NONE}. */
  int textOf(int i) {
    return textOf[i];
  }

  /** A client (dense index) who has a text. */
  int client(int text) {
    return firstClients[text];
  }

  /** What all texts, in order, come to. */
  String digest() {
    return digest;
  }
}
