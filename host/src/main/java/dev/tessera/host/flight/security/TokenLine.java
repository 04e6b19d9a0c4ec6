package dev.tessera.host.flight.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One line of a tokens file: {@code NAME sha256:HEX read:profile,write:als_*} and, if wanted,
 * {@code streams=N}, {@code rows=N}, {@code expires=2027-01-01T00:00:00Z}; or {@code NAME cert …}
 * for whoever has a client certificate with that common name. A token is 256 random bits, so that
 * one round of SHA-256 hides it.
 *
 * @param hash of the token; empty for a certificate
 * @param expires from when the token is no good; empty if never
 */
public record TokenLine(Principal principal, Optional<byte[]> hash, Optional<Instant> expires) {

  /** What principals may be called. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

  private static final String CERTIFICATE = "cert";
  private static final String HASHED = "sha256:";
  private static final Pattern HASH = Pattern.compile(HASHED + "[0-9a-f]{64}");
  private static final int TOKEN_BYTES = 32;

  /** A new token's secret, 43 characters. */
  public static String newSecret() {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** The line for a token. */
  public static TokenLine of(Principal principal, String secret, Optional<Instant> expires) {
    return new TokenLine(principal, Optional.of(hash(secret)), expires);
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is none; the message repeats nothing that may be a token
   */
  static TokenLine parse(String line) {
    String[] words = line.strip().split("\\s+");
    if (words.length < 3) {
      throw new IllegalArgumentException(
          "wanted NAME, sha256:HASH or cert, and rights; found %d words".formatted(words.length));
    }
    if (!NAME.matcher(words[0]).matches()) {
      throw new IllegalArgumentException(
          "the first word must be a name of letters, digits, . _ @ -");
    }
    boolean certificate = words[1].equals(CERTIFICATE);
    if (!certificate && !HASH.matcher(words[1]).matches()) {
      throw new IllegalArgumentException(
          "the second word must be sha256: and 64 hex digits, or cert;"
              + " `tessera token` makes such a line");
    }
    List<Grant> grants = new ArrayList<>();
    for (String grant : words[2].split(",")) {
      grants.add(Grant.parse(grant));
    }
    Limits limits = new Limits();
    for (int i = 3; i < words.length; i++) {
      limits.read(words[i]);
    }
    return new TokenLine(
        new Principal(words[0], grants, limits.streams, limits.rows),
        certificate
            ? Optional.empty()
            : Optional.of(HexFormat.of().parseHex(words[1].substring(HASHED.length()))),
        limits.expires);
  }

  static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** As the file has it. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(principal.name());
    line.append(' ')
        .append(hash.map(h -> HASHED + HexFormat.of().formatHex(h)).orElse(CERTIFICATE));
    line.append(' ')
        .append(String.join(",", principal.grants().stream().map(Grant::toString).toList()));
    principal.maxStreams().ifPresent(streams -> line.append(" streams=").append(streams));
    principal.maxRows().ifPresent(rows -> line.append(" rows=").append(rows));
    expires.ifPresent(time -> line.append(" expires=").append(time));
    return line.toString();
  }

  private static final class Limits {
    private OptionalInt streams = OptionalInt.empty();
    private OptionalLong rows = OptionalLong.empty();
    private Optional<Instant> expires = Optional.empty();

    void read(String word) {
      String value = word.substring(word.indexOf('=') + 1);
      try {
        if (word.startsWith("streams=")) {
          streams = OptionalInt.of(Integer.parseUnsignedInt(value));
        } else if (word.startsWith("rows=")) {
          rows = OptionalLong.of(Long.parseUnsignedLong(value));
        } else if (word.startsWith("expires=")) {
          expires = Optional.of(Instant.parse(value));
        } else {
          throw new IllegalArgumentException(
              "after the rights come streams=N, rows=N and expires=TIME, and nothing else");
        }
      } catch (NumberFormatException | DateTimeParseException e) {
        throw new IllegalArgumentException(
            "streams= and rows= want a whole number, expires= a time such as 2027-01-01T00:00:00Z",
            e);
      }
    }
  }
}
