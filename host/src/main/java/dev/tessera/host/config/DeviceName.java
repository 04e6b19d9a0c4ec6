package dev.tessera.host.config;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Where models compute, as a user writes it: {@code auto} (a GPU if there is one), {@code cpu}, or
 * {@code cuda:N} (the GPU of that number, from 0).
 *
 * @param text as it was written
 */
public record DeviceName(String text) {

  private static final Pattern SYNTAX = Pattern.compile("auto|cpu|cuda:[0-9]{1,4}");

  /** Checks the text; {@link IllegalArgumentException} says what it must be. */
  public DeviceName {
    if (!SYNTAX.matcher(text).matches()) {
      throw new IllegalArgumentException("device must be auto, cpu or cuda:N, was '" + text + "'");
    }
  }

  /** Whether the host is to choose. */
  public boolean isAuto() {
    return text.equals("auto");
  }

  /** The number of the GPU that is asked for by name. */
  public OptionalInt gpu() {
    return text.startsWith("cuda:")
        ? OptionalInt.of(Integer.parseInt(text.substring("cuda:".length())))
        : OptionalInt.empty();
  }
}
