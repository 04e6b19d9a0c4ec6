package dev.tessera.host.flight;

import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a server is guarded and watched.
 *
 * @param tls the files of an encrypted server; plaintext if empty
 * @param authentication who its callers are
 * @param limits what each of them may take
 * @param observers are told of every call
 * @param actions beside those that every server has
 * @param runs the folder with the runs that clients may have published
 * @param endpoints how many streams a client is offered for one large read, at most
 */
public record ServerOptions(
    Optional<TlsFiles> tls,
    Authentication authentication,
    CallLimits limits,
    List<CallObserver> observers,
    List<ServerAction> actions,
    Path runs,
    int endpoints) {

  /** How many streams a client is offered for one large read, unless said otherwise. */
  public static final int DEFAULT_ENDPOINTS = 4;

  /** Where runs are, unless said otherwise. */
  public static final String DEFAULT_RUNS = "runs";

  /** Plaintext, open to everyone who reaches the port, under the limits that all servers have. */
  public static final ServerOptions OPEN =
      new ServerOptions(Optional.empty(), Authentication.open(), CallLimits.DEFAULT, List.of());

  /** Copies the lists. */
  public ServerOptions {
    observers = List.copyOf(observers);
    actions = List.copyOf(actions);
  }

  /** Options with nothing but the actions that every server has. */
  public ServerOptions(
      Optional<TlsFiles> tls,
      Authentication authentication,
      CallLimits limits,
      List<CallObserver> observers) {
    this(
        tls,
        authentication,
        limits,
        observers,
        List.of(),
        Path.of(DEFAULT_RUNS),
        DEFAULT_ENDPOINTS);
  }

  /** The same with further actions, another folder of runs, another number of end points. */
  public ServerOptions with(List<ServerAction> further, Path folder, int most) {
    return new ServerOptions(tls, authentication, limits, observers, further, folder, most);
  }
}
