package dev.tessera.host.flight;

import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.RowRange;
import dev.tessera.client.VersionChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.ipc.message.IpcOption;

/**
 * What GetFlightInfo says of a request: schema, true rows and bytes, and tickets. A large read has
 * several, which may be read side by side; one after the other they give all rows in order.
 *
 * @param mostEndpoints how many, at most
 */
record FlightInfos(int mostEndpoints) {

  /** A stream of its own pays for so many bytes and more. */
  private static final long LEAST_BYTES = 16L << 20;

  FlightInfo of(EmbeddingRequest asked, EmbeddingView view) {
    ServedEmbedding embedding = view.embedding();
    EmbeddingRequest exact =
        asked.pinned(
            embedding.version().map(VersionChoice::number).orElse(VersionChoice.DEFAULT),
            embedding.key(),
            UUID.randomUUID().toString());
    List<FlightEndpoint> endpoints = new ArrayList<>();
    long rows = 0;
    long bytes = 0;
    if (asked.clients().isPresent()) {
      rows = asked.clients().get().length;
      bytes = VectorBatch.bytes(view, rows);
      endpoints.add(endpoint(exact));
    } else {
      for (RowRange range : split(range(asked, embedding), view)) {
        rows += range.rows();
        bytes += bytes(view, range);
        endpoints.add(endpoint(exact.part(range)));
      }
    }
    return new FlightInfo(
        view.schema(), asked.descriptor(), endpoints, bytes, rows, true, IpcOption.DEFAULT);
  }

  /**
   * The rows that a request without clients means.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException INVALID_ARGUMENT if there are not as
   *     many
   */
  static RowRange range(EmbeddingRequest request, ServedEmbedding embedding) {
    RowRange all = new RowRange(0, embedding.rows());
    RowRange range = request.rows().orElse(all);
    if (range.to() > all.to()) {
      throw FlightFailures.invalid(
          "rows [%d, %d) are not there: %s has %d"
              .formatted(range.from(), range.to(), embedding.name(), all.to()));
    }
    return range;
  }

  private static long bytes(EmbeddingView view, RowRange range) {
    return view.isPlain()
        ? WholeEmbedding.bytes(view.embedding(), range)
        : VectorBatch.bytes(view, range.rows());
  }

  private List<RowRange> split(RowRange range, EmbeddingView view) {
    long parts = Math.max(1, Math.min(mostEndpoints, bytes(view, range) / LEAST_BYTES));
    List<RowRange> ranges = new ArrayList<>();
    for (long part = 0; part < parts; part++) {
      ranges.add(
          new RowRange(
              range.from() + range.rows() * part / parts,
              range.from() + range.rows() * (part + 1) / parts));
    }
    return ranges;
  }

  /** No location in it: the stream is to be had over the same connection. */
  private static FlightEndpoint endpoint(EmbeddingRequest request) {
    return new FlightEndpoint(request.ticket());
  }
}
