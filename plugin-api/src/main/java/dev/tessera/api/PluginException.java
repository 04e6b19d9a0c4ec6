package dev.tessera.api;

import java.util.Objects;

/**
 * The one exception of the contract. The message is a single line for a user: what was wanted, what
 * was found, where, what to do.
 */
public final class PluginException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** A failure with a code and a message for the user. */
  public PluginException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /** A failure with its cause, which only {@code --debug} shows. */
  public PluginException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** The kind of failure. */
  public ErrorCode code() {
    return code;
  }
}
