package dev.tessera.host.flight.security;

import java.util.Optional;

/**
 * What a caller shows. Prints nothing of it, so that no log can.
 *
 * @param bearer the token of the header {@code authorization: Bearer …}
 * @param certificate the common name of the client certificate, verified by TLS
 */
public record Credentials(Optional<String> bearer, Optional<String> certificate) {

  @Override
  public String toString() {
    return "Credentials[…]";
  }
}
