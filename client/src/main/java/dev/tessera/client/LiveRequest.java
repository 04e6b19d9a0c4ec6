package dev.tessera.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;

/** Asks for live embedding: {@code {"embed": "profile"}} as the command of a DoExchange. */
public final class LiveRequest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMBED = "embed";

  private LiveRequest() {}

  /** The descriptor that asks for a step. */
  public static FlightDescriptor descriptor(String name) {
    try {
      return FlightDescriptor.command(JSON.writeValueAsBytes(Map.of(EMBED, name)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The name of the step that a descriptor asks to embed with; empty if it asks for something else.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException INVALID_ARGUMENT if the name is no text
   *     or other keys stand beside it
   */
  public static Optional<String> parse(FlightDescriptor descriptor) {
    JsonNode json = json(descriptor);
    if (!json.has(EMBED)) {
      return Optional.empty();
    }
    if (!json.path(EMBED).isTextual() || json.size() > 1) {
      throw InvalidRequest.of("wanted {\"embed\": \"NAME\"} and no other key, found " + json);
    }
    return Optional.of(json.path(EMBED).textValue());
  }

  private static JsonNode json(FlightDescriptor descriptor) {
    if (!descriptor.isCommand()) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(descriptor.getCommand());
    } catch (IOException e) {
      return JSON.missingNode(); // what is wrong with it is said where other requests are read
    }
  }
}
