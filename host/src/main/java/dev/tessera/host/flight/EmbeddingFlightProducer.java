package dev.tessera.host.flight;

import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.LiveRequest;
import dev.tessera.client.RowRange;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;

/** Answers the Flight calls; what takes time is handed to the workers. */
final class EmbeddingFlightProducer extends NoOpFlightProducer {

  private final EmbeddingCatalog catalog;
  private final FlightInfos infos;
  private final LiveCatalog live;
  private final RunningQueries queries;
  private final Actions actions;
  private final BufferAllocator allocator;
  private final StreamThreads threads;

  /**
   * Answers from a catalogue.
   *
   * @param live what events are embedded with
   * @param allocator parent of the calls' allocators
   */
  EmbeddingFlightProducer(
      EmbeddingCatalog catalog,
      LiveCatalog live,
      FlightInfos infos,
      RunningQueries queries,
      Actions actions,
      BufferAllocator allocator,
      StreamThreads threads) {
    this.catalog = catalog;
    this.live = live;
    this.infos = infos;
    this.queries = queries;
    this.actions = actions;
    this.allocator = allocator;
    this.threads = threads;
  }

  @Override
  public void listFlights(
      CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
    ServedCall call = ServedCall.current();
    for (EmbeddingLease lease : catalog.leaseAll()) {
      try (lease) {
        EmbeddingRequest whole = EmbeddingRequest.whole(lease.embedding().name());
        if (!call.may(Right.READ, whole.embedding())) {
          continue;
        }
        listener.onNext(infos.of(whole, new EmbeddingView(lease.embedding(), whole.form())));
      }
    }
    listener.onCompleted();
  }

  @Override
  public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
    EmbeddingRequest request = EmbeddingRequest.parse(descriptor);
    try (EmbeddingLease lease = lease(request)) {
      return infos.of(request, new EmbeddingView(lease.embedding(), request.form()));
    }
  }

  @Override
  public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
    EmbeddingRequest request = EmbeddingRequest.parse(descriptor);
    try (EmbeddingLease lease = lease(request)) {
      return new SchemaResult(new EmbeddingView(lease.embedding(), request.form()).schema());
    }
  }

  @Override
  public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
    EmbeddingRequest request;
    try {
      request = EmbeddingRequest.parse(ticket);
    } catch (FlightRuntimeException e) {
      listener.error(e);
      return;
    }
    PacedStream.start(
        listener,
        () -> open(request),
        request.form().isSlow() ? threads.fitters() : threads.workers());
  }

  @Override
  public void doExchange(CallContext context, FlightStream reader, ServerStreamListener writer) {
    try {
      threads.exchanges().execute(Exchange.of(reader, writer, this::open));
    } catch (RejectedExecutionException e) {
      writer.error(
          CallStatus.RESOURCE_EXHAUSTED
              .withDescription("too many DoExchange calls are open; try again later")
              .toRuntimeException());
    }
  }

  @Override
  public Runnable acceptPut(
      CallContext context, FlightStream rows, StreamListener<PutResult> acknowledgements) {
    return new PutCall(rows, acknowledgements, catalog, allocator);
  }

  @Override
  public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
    listener.onNext(new Result(actions.run(action, ServedCall.current())));
    listener.onCompleted();
  }

  @Override
  public void listActions(CallContext context, StreamListener<ActionType> listener) {
    actions.types().forEach(listener::onNext);
    listener.onCompleted();
  }

  private BatchSource open(EmbeddingRequest request) {
    return open(
        request,
        view -> {
          if (request.clients().isPresent()) {
            long[] ids = request.clients().get();
            ServedCall.current().requireRows(ids.length);
            return new LookUp(view, ids, allocator);
          }
          RowRange range = FlightInfos.range(request, view.embedding());
          ServedCall.current().requireRows(range.rows());
          return view.isPlain()
              ? new WholeEmbedding(view.embedding(), range, allocator)
              : new ConvertedRows(view, range, allocator);
        });
  }

  private ExchangeSource open(FlightDescriptor descriptor) {
    Optional<LiveRequest> embed = LiveRequest.parse(descriptor);
    if (embed.isPresent()) {
      LiveLease lease = live.lease(embed.get(), ServedCall.current());
      try {
        return new LeasedSource(new LiveSource(lease.step(), allocator), lease::close);
      } catch (RuntimeException | Error e) {
        lease.close();
        throw e;
      }
    }
    EmbeddingRequest request = EmbeddingRequest.parse(descriptor);
    if (request.clients().isPresent() || request.rows().isPresent()) {
      throw FlightFailures.invalid("DoExchange takes the clients as batches, not as a key");
    }
    return open(request, view -> new LookUp(view, new long[0], allocator));
  }

  private LeasedSource open(EmbeddingRequest request, Function<EmbeddingView, BatchSource> opener) {
    EmbeddingLease lease = lease(request);
    try {
      EmbeddingView view = new EmbeddingView(lease.embedding(), request.form());
      view.prepare();
      BatchSource source = opener.apply(view);
      ServedCall call = ServedCall.current();
      request.query().ifPresent(query -> queries.add(query, call));
      return new LeasedSource(
          source,
          () -> {
            request.query().ifPresent(query -> queries.remove(query, call));
            lease.close();
          });
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private EmbeddingLease lease(EmbeddingRequest request) {
    return catalog.lease(request, ServedCall.current());
  }
}
