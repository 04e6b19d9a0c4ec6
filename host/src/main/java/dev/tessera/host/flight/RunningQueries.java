package dev.tessera.host.flight;

import dev.tessera.client.EmbeddingRequest;
import dev.tessera.host.flight.call.Cut;
import dev.tessera.host.flight.call.ServedCall;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelFlightInfoResult;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;

/**
 * The streams that are open now, by the query that their tickets name: all tickets of one
 * FlightInfo name the same. Who knows it may cancel them; the tickets can still be used afterwards.
 */
final class RunningQueries {

  private static final String CANCEL_FLIGHT_INFO = "CancelFlightInfo";

  private final Map<String, Set<ServedCall>> calls = new ConcurrentHashMap<>();

  /** A stream begins. */
  void add(String query, ServedCall call) {
    calls.compute(
        query,
        (name, open) -> {
          Set<ServedCall> all = open == null ? ConcurrentHashMap.newKeySet() : open;
          all.add(call);
          return all;
        });
  }

  /** A stream has ended. */
  void remove(String query, ServedCall call) {
    calls.computeIfPresent(
        query,
        (name, open) -> {
          open.remove(call);
          return open.isEmpty() ? null : open;
        });
  }

  /** Breaks the streams of a query off; returns how many. */
  int cancel(String query) {
    Set<ServedCall> open = calls.getOrDefault(query, Set.of());
    int count = open.size();
    open.forEach(call -> call.breakOff(Cut.CANCELLED, "by cancel"));
    return count;
  }

  /** {@code cancel}, and Flight's own CancelFlightInfo. */
  List<ServerAction> actions() {
    return List.of(
        new JsonAction(
            "cancel",
            "Breaks off the streams whose tickets name a query: {\"query\": \"…\"}",
            List.of("query"),
            (body, call) -> Map.of("cancelled", cancel(body.text("query")))),
        new CancelFlightInfo());
  }

  private final class CancelFlightInfo implements ServerAction {

    @Override
    public String name() {
      return CANCEL_FLIGHT_INFO;
    }

    @Override
    public String description() {
      return "Breaks off the streams of a FlightInfo: a CancelFlightInfoRequest";
    }

    @Override
    public byte[] run(byte[] body, ServedCall call) {
      int cancelled =
          info(body).getEndpoints().stream()
              .map(FlightEndpoint::getTicket)
              .flatMap(ticket -> EmbeddingRequest.parse(ticket).query().stream())
              .distinct()
              .mapToInt(RunningQueries.this::cancel)
              .sum();
      CancelStatus status = cancelled > 0 ? CancelStatus.CANCELLED : CancelStatus.NOT_CANCELLABLE;
      ByteBuffer result = new CancelFlightInfoResult(status).serialize();
      byte[] bytes = new byte[result.remaining()];
      result.get(bytes);
      return bytes;
    }

    private FlightInfo info(byte[] body) {
      try {
        return CancelFlightInfoRequest.deserialize(ByteBuffer.wrap(body)).getInfo();
      } catch (java.io.IOException | java.net.URISyntaxException | RuntimeException e) {
        throw FlightFailures.invalid("wanted a CancelFlightInfoRequest as the action's body");
      }
    }
  }
}
