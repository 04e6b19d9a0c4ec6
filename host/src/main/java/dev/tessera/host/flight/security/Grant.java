package dev.tessera.host.flight.security;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One right on the embeddings of some name, written {@code read:profile} or {@code write:als_*}; a
 * {@code *} stands for any characters, also none and {@code /}.
 *
 * @param right what is allowed
 * @param name the embedding's name, with {@code *} as a wildcard
 */
public record Grant(Right right, String name) {

  private static final Pattern FORM = Pattern.compile("(read|write):([^\\s,:]+)");

  /**
   * Reads a grant.
   *
   * @throws IllegalArgumentException if it is none; the message says how one looks
   */
  public static Grant parse(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "a right is written read:NAME or write:NAME (* for any characters), was '" + text + "'");
    }
    return new Grant("read".equals(form.group(1)) ? Right.READ : Right.WRITE, form.group(2));
  }

  /** Whether this grant allows a thing. */
  boolean allows(Right wanted, String embedding) {
    return right == wanted && pattern().matcher(embedding).matches();
  }

  private Pattern pattern() {
    return Pattern.compile(
        Stream.of(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  @Override
  public String toString() {
    return right + ":" + name;
  }
}
