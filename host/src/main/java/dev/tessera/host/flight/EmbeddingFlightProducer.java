package dev.tessera.host.flight;

import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.IpcOption;

/** Answers the Flight calls; what takes time is handed to the workers. */
final class EmbeddingFlightProducer extends NoOpFlightProducer {

  private final EmbeddingCatalog catalog;
  private final BufferAllocator allocator;
  private final Executor workers;
  private final Executor exchanges;

  /**
   * Answers from a catalogue.
   *
   * @param allocator parent of the calls' allocators
   * @param workers feed the DoGet streams and never block
   * @param exchanges run one DoExchange call each; refuse what is too much
   */
  EmbeddingFlightProducer(
      EmbeddingCatalog catalog, BufferAllocator allocator, Executor workers, Executor exchanges) {
    this.catalog = catalog;
    this.allocator = allocator;
    this.workers = workers;
    this.exchanges = exchanges;
  }

  @Override
  public void listFlights(
      CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
    ServedCall call = ServedCall.current();
    for (ServedEmbedding embedding : catalog.all()) {
      if (!call.may(Right.READ, embedding.name())) {
        continue;
      }
      listener.onNext(info(EmbeddingRequest.whole(embedding.name()), embedding));
    }
    listener.onCompleted();
  }

  @Override
  public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
    EmbeddingRequest request = EmbeddingRequest.parse(descriptor);
    return info(request, require(request));
  }

  @Override
  public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
    return new SchemaResult(require(EmbeddingRequest.parse(descriptor)).schema());
  }

  @Override
  public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
    PacedStream.start(listener, () -> open(ticket), workers);
  }

  @Override
  public void doExchange(CallContext context, FlightStream reader, ServerStreamListener writer) {
    try {
      exchanges.execute(Exchange.of(reader, writer, this::open));
    } catch (RejectedExecutionException e) {
      writer.error(
          CallStatus.RESOURCE_EXHAUSTED
              .withDescription("too many DoExchange calls are open; try again later")
              .toRuntimeException());
    }
  }

  private BatchSource open(Ticket ticket) {
    EmbeddingRequest request = EmbeddingRequest.parse(ticket);
    ServedEmbedding embedding = require(request);
    ServedCall.current()
        .requireRows(request.clients().map(ids -> (long) ids.length).orElse(embedding.rows()));
    return request
        .clients()
        .<BatchSource>map(ids -> new LookUp(embedding, ids, allocator))
        .orElseGet(() -> new WholeEmbedding(embedding, allocator));
  }

  private ExchangeSource open(FlightDescriptor descriptor) {
    EmbeddingRequest request = EmbeddingRequest.parse(descriptor);
    if (request.clients().isPresent()) {
      throw FlightFailures.invalid("DoExchange takes the clients as batches, not as a key");
    }
    return new LookUp(require(request), new long[0], allocator);
  }

  private ServedEmbedding require(EmbeddingRequest request) {
    return catalog.require(request.embedding(), ServedCall.current());
  }

  private static FlightInfo info(EmbeddingRequest request, ServedEmbedding embedding) {
    long rows = request.clients().map(ids -> (long) ids.length).orElseGet(embedding::rows);
    long bytes =
        request
            .clients()
            .map(ids -> LookUp.bytes(embedding, ids.length))
            .orElseGet(() -> WholeEmbedding.bytes(embedding));
    // no location in the end point: the stream is to be had over the same connection
    return new FlightInfo(
        embedding.schema(),
        request.descriptor(),
        List.of(new FlightEndpoint(request.ticket())),
        bytes,
        rows,
        true,
        IpcOption.DEFAULT);
  }
}
