package dev.tessera.host.flight;

import dev.tessera.api.PluginException;
import dev.tessera.host.flight.call.ServedCall;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.FlightRuntimeException;

/** The table of actions, by name. Immutable. */
final class Actions {

  private final Map<String, ServerAction> byName;

  /**
   * Takes actions.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  Actions(List<ServerAction> actions) {
    Map<String, ServerAction> sorted = new TreeMap<>();
    for (ServerAction action : actions) {
      if (sorted.put(action.name(), action) != null) {
        throw new IllegalArgumentException("two actions are named " + action.name());
      }
    }
    byName = Collections.unmodifiableMap(sorted);
  }

  /** What ListActions tells. */
  List<ActionType> types() {
    return byName.values().stream()
        .map(action -> new ActionType(action.name(), action.description()))
        .toList();
  }

  /**
   * Runs one.
   *
   * @throws FlightRuntimeException INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED or INTERNAL
   */
  byte[] run(Action request, ServedCall call) {
    ServerAction action = byName.get(request.getType());
    if (action == null) {
      throw FlightFailures.invalid(
          "no action '%s' here; there are: %s"
              .formatted(request.getType(), String.join(", ", byName.keySet())));
    }
    try {
      return action.run(request.getBody(), call);
    } catch (PluginException e) {
      throw FlightFailures.ofRequest(e);
    } catch (RuntimeException e) {
      throw FlightFailures.forClient(e);
    }
  }
}
