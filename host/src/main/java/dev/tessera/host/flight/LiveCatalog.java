package dev.tessera.host.flight;

import dev.tessera.client.LiveRequest;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import dev.tessera.host.live.LiveRun;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;

/**
 * The steps that a server embeds events with as they come, by name: those of runs, which stay, and
 * those of a store that opens models, which come and go. What is used is held by a lease.
 */
public final class LiveCatalog {

  private final Map<String, LiveStep> steps = new TreeMap<>();
  private final Map<String, String> missing = new TreeMap<>();
  private final Optional<StoreCatalog> store;

  /**
   * Names the steps of some runs.
   *
   * @param runs by what stands before their steps' names: nothing for a single run, {@code RUN/}
   *     for each of several. Lent for the server's life.
   */
  public LiveCatalog(Map<String, LiveRun> runs) {
    this(runs, Optional.empty());
  }

  /**
   * Names the steps of some runs, and of a store, whose names come after theirs.
   *
   * @param runs as above
   * @param store used if it opens models
   */
  public LiveCatalog(Map<String, LiveRun> runs, Optional<StoreCatalog> store) {
    this.store = store.filter(StoreCatalog::opensModels);
    runs.forEach(
        (prefix, run) -> {
          run.steps()
              .forEach(
                  step -> {
                    String name = prefix + step.name();
                    steps.put(name, LiveStep.named(name, run, step, Map.of()));
                  });
          run.missing().forEach((step, why) -> missing.put(prefix + step, why));
        });
  }

  /** A server that embeds nothing. */
  public static LiveCatalog none() {
    return new LiveCatalog(Map.of());
  }

  /** The names, ascending; those of a store whether or not their version has models. */
  public List<String> names() {
    return Stream.concat(
            steps.keySet().stream(),
            store.stream().flatMap(published -> published.names().stream()))
        .distinct()
        .sorted()
        .toList();
  }

  /** Why the runs' steps that are not here cannot embed, by name. */
  public Map<String, String> missing() {
    return Map.copyOf(missing);
  }

  /**
   * Holds what a request is for, for a call that may read it; the call is then about it. The caller
   * closes the lease.
   *
   * @throws FlightRuntimeException PERMISSION_DENIED, NOT_FOUND if there is none (lists those there
   *     are, or says why not), UNIMPLEMENTED if the server embeds nothing
   */
  LiveLease lease(LiveRequest request, ServedCall call) {
    String name = request.step();
    call.require(Right.READ, name);
    call.concerns(name, EmbeddingCatalog.asked(request.version()));
    LiveLease lease = find(request, call);
    call.concerns(name, lease.version());
    return lease;
  }

  private LiveLease find(LiveRequest request, ServedCall call) {
    String name = request.step();
    LiveStep step = steps.get(name);
    if (step != null) {
      if (!request.version().isDefault()) {
        throw FlightFailures.noVersions(name);
      }
      return new LiveLease(step, "", () -> {});
    }
    if (missing.containsKey(name)) {
      throw FlightFailures.notFound(
          "'%s' cannot embed events: %s".formatted(name, missing.get(name)));
    }
    if (steps.isEmpty() && store.isEmpty()) {
      throw CallStatus.UNIMPLEMENTED
          .withDescription("this server embeds no events: start it with 'tessera serve … --live'")
          .toRuntimeException();
    }
    return store
        .flatMap(published -> published.leaseModels(name, request.version()))
        .orElseThrow(
            () ->
                FlightFailures.notFound(
                    "no step '%s' here to embed events with; there are: %s"
                        .formatted(
                            name,
                            names().stream()
                                .filter(other -> call.may(Right.READ, other))
                                .collect(Collectors.joining(", ")))));
  }
}
