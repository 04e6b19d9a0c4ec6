package dev.tessera.client;

import dev.tessera.client.VectorForm.Columns;
import dev.tessera.client.VectorForm.Reduction;
import dev.tessera.client.VectorForm.ValueType;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Ticket;

/**
 * What a client asks for, and its form on the wire: {@code {"embedding": "profile", "clients": [7,
 * 3]}} as the bytes of a ticket or of a descriptor's command. A descriptor's path means the whole
 * embedding of that name, its parts joined by a slash. A ticket holds everything, so it can be used
 * again, after a restart too.
 *
 * <pre>{@code
 * EmbeddingRequest.whole("profiles").version(3).columns("stats").principal(16).float16()
 * }</pre>
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

  /** The same of one published version. */
  public EmbeddingRequest version(int number) {
    return of(VersionChoice.number(number));
  }

  /** The same of the version that was the default at a time. */
  public EmbeddingRequest asOf(Instant time) {
    return of(VersionChoice.at(time));
  }

  /**
   * The same of some columns only.
   *
   * @param names of steps of a merge, each for all of its columns, or of columns; in the order
   *     wanted
   */
  public EmbeddingRequest columns(String... names) {
    return of(form.with(Stream.of(names).<Columns>map(Columns.Named::new).toList()));
  }

  /** The same of columns {@code [from, to)} only. */
  public EmbeddingRequest columns(int from, int to) {
    return of(form.with(List.of(new Columns.Range(from, to))));
  }

  /** The same in float16 on the wire: nearest, beyond ±65,504 clipped. */
  public EmbeddingRequest float16() {
    return of(form.with(ValueType.FLOAT16));
  }

  /**
   * The same as products with a seeded Gaussian matrix, after the choice of columns.
   *
   * @param dimension of the result, at most that of the chosen columns
   */
  public EmbeddingRequest projection(int dimension, long seed) {
    return of(form.with(new Reduction.Projection(dimension, seed)));
  }

  /** The same as the first principal components of the chosen columns. */
  public EmbeddingRequest principal(int dimension) {
    return of(form.with(new Reduction.Principal(dimension)));
  }

  private EmbeddingRequest of(VersionChoice choice) {
    return new EmbeddingRequest(embedding, choice, clients, rows, form, key, query);
  }

  private EmbeddingRequest of(VectorForm other) {
    return new EmbeddingRequest(embedding, version, clients, rows, other, key, query);
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

  /** The same of all rows. */
  EmbeddingRequest allRows() {
    return new EmbeddingRequest(embedding, version, clients, Optional.empty(), form, key, query);
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
