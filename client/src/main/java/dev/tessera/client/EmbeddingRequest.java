package dev.tessera.client;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Ticket;

/**
 * What a client asks for, and its form on the wire: {@code {"embedding": "profile", "clients": [7,
 * 3]}} as the bytes of a ticket or of a descriptor's command. A descriptor's path means the whole
 * embedding of that name, its parts joined by a slash. A ticket holds everything, so it can be used
 * again, after a restart too.
 *
 * @param embedding the name
 * @param version of a published name
 * @param clients ids in order and with repeats; empty for all. Lent, not to be written.
 * @param rows a part of all rows; not beside clients
 * @param form what is wanted of each vector
 * @param key the content that a ticket was made for; another server may have other rows under the
 *     same name
 * @param query by which the streams of this ticket can be cancelled
 */
public record EmbeddingRequest(
    String embedding,
    VersionChoice version,
    Optional<long[]> clients,
    Optional<RowRange> rows,
    VectorForm form,
    Optional<String> key,
    Optional<String> query) {

  /** Asks for every row. */
  public static EmbeddingRequest whole(String embedding) {
    return new EmbeddingRequest(
        embedding,
        VersionChoice.DEFAULT,
        Optional.empty(),
        Optional.empty(),
        VectorForm.PLAIN,
        Optional.empty(),
        Optional.empty());
  }

  /** Asks for some clients' rows, in the given order. */
  public static EmbeddingRequest of(String embedding, long... clients) {
    EmbeddingRequest whole = whole(embedding);
    return new EmbeddingRequest(
        embedding,
        whole.version,
        Optional.of(clients.clone()),
        whole.rows,
        whole.form,
        whole.key,
        whole.query);
  }

  /**
   * Reads a descriptor: a path, or a command.
   *
   * @throws FlightRuntimeException INVALID_ARGUMENT
   */
  public static EmbeddingRequest parse(FlightDescriptor descriptor) {
    if (descriptor.isCommand()) {
      return RequestJson.read(descriptor.getCommand());
    }
    List<String> path = descriptor.getPath();
    if (path.isEmpty()) {
      throw InvalidRequest.of("wanted an embedding's name as path, found an empty path");
    }
    return whole(String.join("/", path));
  }

  /**
   * Reads a ticket.
   *
   * @throws FlightRuntimeException INVALID_ARGUMENT
   */
  public static EmbeddingRequest parse(Ticket ticket) {
    return RequestJson.read(ticket.getBytes());
  }

  /** The same of exactly one version and content, for a ticket. */
  public EmbeddingRequest pinned(VersionChoice exactly, String content, String queryId) {
    Optional<String> known = content.isEmpty() ? Optional.empty() : Optional.of(content);
    return new EmbeddingRequest(
        embedding, exactly, clients, rows, form, known, Optional.of(queryId));
  }

  /** The same of some rows. */
  public EmbeddingRequest part(RowRange some) {
    return new EmbeddingRequest(embedding, version, clients, Optional.of(some), form, key, query);
  }

  /** The ticket of this request. */
  public Ticket ticket() {
    return new Ticket(RequestJson.write(this));
  }

  /** The descriptor of this request. */
  public FlightDescriptor descriptor() {
    return FlightDescriptor.command(RequestJson.write(this));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EmbeddingRequest that
        && Arrays.equals(RequestJson.write(this), RequestJson.write(that));
  }

  @Override
  public int hashCode() {
    return Objects.hash(embedding, version, Arrays.hashCode(clients.orElse(null)));
  }
}
