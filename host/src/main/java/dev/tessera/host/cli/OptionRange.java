package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.ServerAddress;

/** Says in one line which option has a number out of its range. */
final class OptionRange {

  private OptionRange() {}

  /**
   * Checks that a number is in {@code least..most}.
   *
   * @throws PluginException INVALID_CONFIG if it is not
   */
  static void check(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s must be in %d..%d, was %d".formatted(option, least, most, value));
    }
  }

  /** Checks a port to listen on; 0 is any free one. */
  static void checkPort(String option, int port) {
    check(option, port, 0, ServerAddress.MAX_PORT);
  }
}
