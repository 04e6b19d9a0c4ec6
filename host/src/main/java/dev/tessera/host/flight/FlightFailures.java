package dev.tessera.host.flight;

import dev.tessera.api.PluginException;
import dev.tessera.host.flight.call.ServedCall;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;

/** Gives every failure of a call the status and the line that its client sees. */
final class FlightFailures {

  private static final Logger LOG = System.getLogger(FlightFailures.class.getName());

  private FlightFailures() {}

  /** No embedding of that name; lists those there are. */
  static FlightRuntimeException unknownName(String name, List<String> names) {
    return notFound(
        "no embedding '%s' here; there are: %s"
            .formatted(name, names.isEmpty() ? "none" : String.join(", ", names)));
  }

  /** A ticket whose rows are not those here. */
  static FlightRuntimeException foreignTicket(String name) {
    return notFound(
        "the ticket for '%s' was made by another server, or before the run was made again: ask for a new one by GetFlightInfo"
            .formatted(name));
  }

  /** A version of what has none. */
  static FlightRuntimeException noVersions(String name) {
    return notFound(
        "%s is served from a run's folder, which has no versions; leave version and as_of out"
            .formatted(name));
  }

  /** Something asked for that is not here. */
  static FlightRuntimeException notFound(String message) {
    return CallStatus.NOT_FOUND.withDescription(message).toRuntimeException();
  }

  /** A request that is not as it should be. */
  static FlightRuntimeException invalid(String message) {
    return CallStatus.INVALID_ARGUMENT.withDescription(message).toRuntimeException();
  }

  /** A failure of what a client asked for, whose message is for it; or of the server. */
  static FlightRuntimeException ofRequest(PluginException failure) {
    return switch (failure.code()) {
      case INVALID_CONFIG, INVALID_DATA, INVALID_INPUT, INVALID_OUTPUT ->
          invalid(failure.getMessage());
      default -> forClient(failure);
    };
  }

  /**
   * What to send for an exception: itself if it was meant for the client, otherwise one line that
   * tells nothing of the server's inside, while the log has the whole of it.
   */
  static FlightRuntimeException forClient(Throwable failure) {
    if (failure instanceof FlightRuntimeException meant) {
      return meant;
    }
    LOG.log(Level.ERROR, "request %s failed".formatted(ServedCall.current().requestId()), failure);
    String message =
        failure instanceof OutOfMemoryError
            ? "the server is out of memory; try again later"
            : "the server failed; its log says why";
    CallStatus status =
        failure instanceof OutOfMemoryError ? CallStatus.RESOURCE_EXHAUSTED : CallStatus.INTERNAL;
    return status.withDescription(message).toRuntimeException();
  }
}
