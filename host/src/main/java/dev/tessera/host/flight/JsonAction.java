package dev.tessera.host.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.host.flight.call.ServedCall;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * An action whose body and result are JSON.
 *
 * @param keys that the body may have; an empty body has none
 * @param work gives what becomes the result
 */
public record JsonAction(String name, String description, List<String> keys, Work work)
    implements ServerAction {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the keys. */
  public JsonAction {
    keys = List.copyOf(keys);
  }

  /** What an action does. */
  @FunctionalInterface
  public interface Work {
    /** Does it; the result is anything that Jackson writes. */
    Object run(Body body, ServedCall call);
  }

  /** A request's body, an object of known keys. */
  public record Body(String action, JsonNode json) {

    /** A text that must be there. */
    String text(String key) {
      return optionalText(key).orElseThrow(() -> wanted(key, "a text"));
    }

    Optional<String> optionalText(String key) {
      JsonNode value = json.get(key);
      if (value == null) {
        return Optional.empty();
      }
      if (!value.isTextual()) {
        throw wanted(key, "a text");
      }
      return Optional.of(value.textValue());
    }

    /** A whole number that must be there. */
    int number(String key) {
      JsonNode value = json.path(key);
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw wanted(key, "a whole number");
      }
      return value.intValue();
    }

    /** Whether a key is true; false if it is not there. */
    boolean flag(String key) {
      JsonNode value = json.path(key);
      if (json.has(key) && !value.isBoolean()) {
        throw wanted(key, "true or false");
      }
      return value.booleanValue();
    }

    private RuntimeException wanted(String key, String what) {
      return FlightFailures.invalid(
          "action %s: key %s must be %s, the body was %s".formatted(action, key, what, json));
    }
  }

  @Override
  public byte[] run(byte[] body, ServedCall call) {
    try {
      return JSON.writeValueAsBytes(work.run(new Body(name, read(body)), call));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode read(byte[] body) {
    JsonNode json;
    try {
      json = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (java.io.IOException e) {
      throw FlightFailures.invalid(
          "action %s: the body is not JSON; %s".formatted(name, description));
    }
    if (!json.isObject()) {
      throw FlightFailures.invalid(
          "action %s: wanted a JSON object, found %s; %s".formatted(name, json, description));
    }
    for (Iterator<String> given = json.fieldNames(); given.hasNext(); ) {
      String key = given.next();
      if (!keys.contains(key)) {
        throw FlightFailures.invalid(
            "action %s: unknown key '%s', the keys are: %s"
                .formatted(name, key, keys.isEmpty() ? "none" : String.join(", ", keys)));
      }
    }
    return json;
  }
}
