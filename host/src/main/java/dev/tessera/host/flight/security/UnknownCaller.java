package dev.tessera.host.flight.security;

/** A caller whose credentials are missing, wrong or no longer good. */
public final class UnknownCaller extends Exception {

  private static final long serialVersionUID = 1;

  /** The message goes to the caller: it must hold no secret. */
  public UnknownCaller(String message) {
    super(message);
  }
}
