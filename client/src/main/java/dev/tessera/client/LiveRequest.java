package dev.tessera.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;

/**
 * Asks for live embedding: {@code {"embed": "profile"}} as the command of a DoExchange.
 *
 * @param step the name of what to embed with
 * @param version of a published name
 */
public record LiveRequest(String step, VersionChoice version) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMBED = "embed";

  /** Asks for a step, of the default version if it is published. */
  public static LiveRequest of(String step) {
    return new LiveRequest(step, VersionChoice.DEFAULT);
  }

  /** The descriptor of this request. */
  public FlightDescriptor descriptor() {
    ObjectNode json = JSON.createObjectNode().put(EMBED, step);
    RequestJson.write(version, json);
    try {
      return FlightDescriptor.command(JSON.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What a descriptor asks to embed with; empty if it asks for something else.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException INVALID_ARGUMENT if the name is no text,
   *     the version is none, or other keys stand beside them
   */
  public static Optional<LiveRequest> parse(FlightDescriptor descriptor) {
    JsonNode json = json(descriptor);
    if (!json.has(EMBED)) {
      return Optional.empty();
    }
    VersionChoice version = RequestJson.version(json);
    int keys = version.isDefault() ? 1 : 2;
    if (!json.path(EMBED).isTextual() || json.size() > keys) {
      throw InvalidRequest.of(
          "wanted {\"embed\": \"NAME\"}, with version or as_of and no other key, found " + json);
    }
    return Optional.of(new LiveRequest(json.path(EMBED).textValue(), version));
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
