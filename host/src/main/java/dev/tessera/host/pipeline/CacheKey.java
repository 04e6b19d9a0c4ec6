package dev.tessera.host.pipeline;

import dev.tessera.host.config.RecordJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The name of a result by what it was made from: two steps with one key give the same bytes.
 *
 * @param hex 32 hexadecimal digits
 */
record CacheKey(String hex) {

  /** Raised when the host changes what it writes for the same inputs. */
  private static final int FORMAT = 1;

  /**
   * The key of a step.
   *
   * @param data the data's fingerprint and the mode it is read in
   * @param inputs the keys of the inputs that exist, by name; those skipped are absent
   */
  static CacheKey of(PlannedStep step, long seed, String data, Map<String, CacheKey> inputs) {
    MessageDigest digest = sha256();
    add(digest, "format", String.valueOf(FORMAT));
    add(digest, "plugin", step.plugin().id());
    add(digest, "version", step.plugin().version());
    add(digest, "jar", step.plugin().sha256());
    add(digest, "config", RecordJson.write(step.config()));
    String content = step.plugin().content(step.config());
    if (!content.isEmpty()) {
      add(digest, "content", content);
    }
    add(digest, "seed", String.valueOf(seed));
    add(digest, "data", data);
    List<String> names = step.inputs();
    for (String name : names) {
      CacheKey key = inputs.get(name);
      add(digest, "input " + name, key == null ? "missing" : key.hex());
    }
    return new CacheKey(HexFormat.of().formatHex(digest.digest(), 0, 16));
  }

  private static void add(MessageDigest digest, String name, String value) {
    digest.update((name + '\0' + value + '\0').getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
