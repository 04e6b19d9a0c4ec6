package dev.tessera.host.flight.call;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Makes a {@link ServedCall} of every stream that a client opens, counts its bytes, and tells the
 * observers when it starts and, whatever happens to it, when it is over.
 */
public final class CallTracing extends ServerStreamTracer.Factory {

  /** The header by which a client may name its request, and by which the server answers. */
  static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  /** What may go into logs and messages as it is. */
  private static final Pattern GOOD_ID = Pattern.compile("[!-~]{1,128}");

  private final List<CallObserver> observers;

  /** Tells the observers, in their order. */
  public CallTracing(List<CallObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    ServedCall call = new ServedCall(requestId(headers), shortName(fullMethodName));
    observers.forEach(observer -> observer.started(call));
    return new Tracer(call);
  }

  private static String requestId(Metadata headers) {
    String given = headers.get(REQUEST_ID);
    if (given != null && GOOD_ID.matcher(given).matches()) {
      return given;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  /** {@code DoGet} for Flight's methods; other services keep theirs in front. */
  private static String shortName(String fullMethodName) {
    String flight = "arrow.flight.protocol.FlightService/";
    return fullMethodName.startsWith(flight)
        ? fullMethodName.substring(flight.length())
        : fullMethodName;
  }

  private final class Tracer extends ServerStreamTracer {
    private final ServedCall call;

    Tracer(ServedCall call) {
      this.call = call;
    }

    @Override
    public Context filterContext(Context context) {
      return call.attachTo(context);
    }

    @Override
    public void outboundWireSize(long bytes) {
      call.countOut(bytes);
    }

    @Override
    public void inboundWireSize(long bytes) {
      call.countIn(bytes);
    }

    @Override
    public void streamClosed(Status status) {
      observers.forEach(observer -> observer.ended(call, call.ending(status)));
    }
  }
}
