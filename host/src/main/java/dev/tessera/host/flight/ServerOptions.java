package dev.tessera.host.flight;

import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.TlsFiles;
import java.util.List;
import java.util.Optional;

/**
 * How a server is guarded and watched.
 *
 * @param tls the files of an encrypted server; plaintext if empty
 * @param authentication who its callers are
 * @param limits what each of them may take
 * @param observers are told of every call
 */
public record ServerOptions(
    Optional<TlsFiles> tls,
    Authentication authentication,
    CallLimits limits,
    List<CallObserver> observers) {

  /** Plaintext, open to everyone who reaches the port, under the limits that all servers have. */
  public static final ServerOptions OPEN =
      new ServerOptions(Optional.empty(), Authentication.open(), CallLimits.DEFAULT, List.of());

  /** Options with a copy of the observers. */
  public ServerOptions {
    observers = List.copyOf(observers);
  }
}
