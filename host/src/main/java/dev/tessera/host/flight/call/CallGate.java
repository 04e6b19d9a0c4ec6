package dev.tessera.host.flight.call;

import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.Principal;
import dev.tessera.host.flight.security.UnknownCaller;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What every call passes before it is answered: no new work while the server drains, the caller is
 * made known, limits are kept. The answer carries the request's id in its headers, its trailers and
 * its message of failure.
 */
public final class CallGate implements ServerInterceptor {

  private static final Set<String> STREAMS = Set.of("DoGet", "DoPut", "DoExchange");

  private final Authentication authentication;
  private final CallLimits limits;
  private final OpenCalls openCalls;
  private final BooleanSupplier draining;

  /**
   * Guards a server.
   *
   * @param draining whether new calls are to be refused
   */
  public CallGate(
      Authentication authentication,
      CallLimits limits,
      OpenCalls openCalls,
      BooleanSupplier draining) {
    this.authentication = authentication;
    this.limits = limits;
    this.openCalls = openCalls;
    this.draining = draining;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ServedCall served = ServedCall.current();
    Answered<Q, A> answered = new Answered<>(call, served);
    try {
      admit(served, call, headers);
    } catch (StatusException e) {
      answered.close(e.getStatus(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(answered, headers)) {
      @Override
      public void onReady() {
        served.clientTook();
        super.onReady();
      }
    };
  }

  private void admit(ServedCall served, ServerCall<?, ?> call, Metadata headers)
      throws StatusException {
    if (served.isHealthCheck()) {
      return; // asked by those who have no credentials, and above all while the server stops
    }
    if (draining.getAsBoolean()) {
      throw served
          .cut(Cut.DRAINING, "the server is stopping and takes no new calls: try another, or later")
          .asException();
    }
    Principal caller;
    try {
      caller = authentication.authenticate(ShownCredentials.of(call, headers));
    } catch (UnknownCaller e) {
      throw served.cut(Cut.UNAUTHENTICATED, e.getMessage()).asException();
    }
    served.admit(caller, caller.maxRows().orElse(limits.maxRows()));
    int mayStream = caller.maxStreams().orElse(limits.maxStreams());
    if (STREAMS.contains(served.method())
        && !openCalls.addStream(served, caller.name(), mayStream)) {
      throw served
          .cut(
              Cut.TOO_MANY_STREAMS,
              "%s has %d streams open and may have no more: end one first"
                  .formatted(caller.name(), mayStream))
          .asException();
    }
  }

  /** The answer to a call. */
  private static final class Answered<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final ServedCall served;

    Answered(ServerCall<Q, A> call, ServedCall served) {
      super(call);
      this.served = served;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headers.put(CallTracing.REQUEST_ID, served.requestId());
      super.sendHeaders(headers);
    }

    @Override
    public void sendMessage(A message) {
      super.sendMessage(message);
      if (!isReady()) {
        served.awaitClient();
        if (isReady()) {
          served.clientTook(); // it did so just now, and its call-back may have come too early
        }
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      trailers.put(CallTracing.REQUEST_ID, served.requestId());
      super.close(status.isOk() ? status : named(status), trailers);
      // what still waits for the client is to be taken in time as well
      served.awaitClient();
    }

    private Status named(Status status) {
      String reason = status.getDescription() == null ? "" : status.getDescription() + " ";
      return status.withDescription(reason + "(request " + served.requestId() + ")");
    }
  }
}
