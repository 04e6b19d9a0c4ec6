package dev.tessera.host.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Ticket;

/**
 * What a client asks for, and its form on the wire: {@code {"embedding": "profile", "clients": [7,
 * 3]}} as the bytes of a ticket or of a descriptor's command. A descriptor's path of one part means
 * the whole embedding of that name. A ticket holds everything, so it can be used again, and on
 * another server of the same run.
 *
 * <p>Every failure is a {@link FlightRuntimeException} with {@code INVALID_ARGUMENT}.
 */
final class EmbeddingRequest {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String EMBEDDING = "embedding";
  private static final String CLIENTS = "clients";
  private static final String EXAMPLE = "{\"embedding\": \"profile\", \"clients\": [7, 3]}";

  private final String embedding;
  private final Optional<long[]> clients;

  private EmbeddingRequest(String embedding, Optional<long[]> clients) {
    this.embedding = embedding;
    this.clients = clients;
  }

  /** Asks for every row. */
  static EmbeddingRequest whole(String embedding) {
    return new EmbeddingRequest(embedding, Optional.empty());
  }

  /** Asks for some clients' rows, in the given order. */
  static EmbeddingRequest of(String embedding, long... clients) {
    return new EmbeddingRequest(embedding, Optional.of(clients.clone()));
  }

  /** Reads a descriptor: a path of one part, or a command. */
  static EmbeddingRequest parse(FlightDescriptor descriptor) {
    if (descriptor.isCommand()) {
      return parse(descriptor.getCommand());
    }
    List<String> path = descriptor.getPath();
    if (path.size() != 1) {
      throw FlightFailures.invalid("wanted a path of one part, an embedding's name, found " + path);
    }
    return whole(path.get(0));
  }

  /** Reads a ticket. */
  static EmbeddingRequest parse(Ticket ticket) {
    return parse(ticket.getBytes());
  }

  /** The name asked for. */
  String embedding() {
    return embedding;
  }

  /** The ids asked for, in order and with repeats; empty for all rows. Lent, not to be written. */
  Optional<long[]> clients() {
    return clients;
  }

  /** The ticket of this request. */
  Ticket ticket() {
    return new Ticket(bytes());
  }

  /** The descriptor of this request. */
  FlightDescriptor descriptor() {
    return FlightDescriptor.command(bytes());
  }

  private byte[] bytes() {
    ObjectNode json = JSON.createObjectNode().put(EMBEDDING, embedding);
    clients.ifPresent(ids -> Arrays.stream(ids).forEach(json.putArray(CLIENTS)::add));
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddingRequest parse(byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) {
      throw FlightFailures.invalid("the request is not JSON: it should look like " + EXAMPLE);
    }
    if (json == null || !json.isObject()) {
      throw FlightFailures.invalid("wanted a JSON object like " + EXAMPLE);
    }
    for (Iterator<String> keys = json.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!key.equals(EMBEDDING) && !key.equals(CLIENTS)) {
        throw FlightFailures.invalid(
            "unknown key '%s', the keys are embedding and clients".formatted(key));
      }
    }
    JsonNode name = json.path(EMBEDDING);
    if (!name.isTextual()) {
      throw FlightFailures.invalid(
          "key embedding must be a text, the name; it should look like " + EXAMPLE);
    }
    return json.has(CLIENTS)
        ? new EmbeddingRequest(name.textValue(), Optional.of(ids(json.get(CLIENTS))))
        : whole(name.textValue());
  }

  private static long[] ids(JsonNode clients) {
    if (!(clients instanceof ArrayNode array) || array.isEmpty()) {
      throw FlightFailures.invalid(
          "key clients must be a list of ids, not empty; leave it out for all clients");
    }
    long[] ids = new long[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = array.get(i);
      if (!id.isIntegralNumber() || !id.canConvertToLong()) {
        throw FlightFailures.invalid("clients[%d] must be an int64, was %s".formatted(i, id));
      }
      ids[i] = id.longValue();
    }
    return ids;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EmbeddingRequest that
        && embedding.equals(that.embedding)
        && Arrays.equals(clients.orElse(null), that.clients.orElse(null));
  }

  @Override
  public int hashCode() {
    return Objects.hash(embedding, Arrays.hashCode(clients.orElse(null)));
  }
}
