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
 * @param endpoints how many streams a client is offered for one large read, at most
 */
public record ServerOptions(
    Optional<TlsFiles> tls,
    Authentication authentication,
    CallLimits limits,
    List<CallObserver> observers,
    int endpoints) {

  /** How many streams a client is offered for one large read, unless said otherwise. */
  public static final int DEFAULT_ENDPOINTS = 4;

  /** Plaintext, open to everyone who reaches the port, under the limits that all servers have. */
  public static final ServerOptions OPEN =
      new ServerOptions(Optional.empty(), Authentication.open(), CallLimits.DEFAULT, List.of());

  /** Options with a copy of the observers. */
  public ServerOptions {
    observers = List.copyOf(observers);
  }

  /** Options with {@link #DEFAULT_ENDPOINTS}. */
  public ServerOptions(
      Optional<TlsFiles> tls,
      Authentication authentication,
      CallLimits limits,
      List<CallObserver> observers) {
    this(tls, authentication, limits, observers, DEFAULT_ENDPOINTS);
  }

  /** The same with another number of end points. */
  public ServerOptions withEndpoints(int most) {
    return new ServerOptions(tls, authentication, limits, observers, most);
  }
}
