package dev.tessera.host.flight.call;

import dev.tessera.host.flight.security.Principal;
import dev.tessera.host.flight.security.Right;
import io.grpc.Context;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.arrow.flight.CallStatus;

/**
 * One call from its first header to its last byte: who makes it, what they may do, what was sent.
 * The thread that answers finds it by {@link #current}. Safe for many threads.
 */
public final class ServedCall {

  private static final Context.Key<ServedCall> KEY = Context.key("dev.tessera.call");

  private final String requestId;
  private final String method;
  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();
  private final LongAdder rows = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();

  private volatile Principal principal;
  private volatile long maxRows;
  private volatile String embedding = "";
  private volatile String version = "";

  /** Since when the client has had to take something, by {@link System#nanoTime}; 0 if it has. */
  private volatile long waitingSince;

  private volatile Context.CancellableContext context;

  /** Why the server has ended the call, if it has, and what log and metrics are told. */
  private volatile Ended ended;

  private record Ended(Cut why, Status status) {}

  /** The thread that waits for the client's next message, and since when; guarded by this. */
  private Thread reader;

  private long readingSince;

  ServedCall(String requestId, String method) {
    this.requestId = requestId;
    this.method = method;
  }

  /**
   * The call that this thread answers.
   *
   * @throws IllegalStateException if it answers none: rights are never assumed
   */
  public static ServedCall current() {
    ServedCall call = KEY.get();
    if (call == null) {
      throw new IllegalStateException("this thread answers no call, so nobody has rights in it");
    }
    return call;
  }

  /**
   * Refuses what the caller may not do. Asked before anything is looked up, so that names which a
   * caller may not see cannot be guessed.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException PERMISSION_DENIED
   */
  public void require(Right right, String name) {
    if (!may(right, name)) {
      throw CallStatus.UNAUTHORIZED
          .withDescription("%s may not %s '%s'".formatted(principal().name(), right, name))
          .toRuntimeException();
    }
  }

  /** Whether the caller has a right on an embedding. */
  public boolean may(Right right, String name) {
    return principal().may(right, name);
  }

  /**
   * Refuses a request for more rows than the caller may have in one.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException RESOURCE_EXHAUSTED
   */
  public void requireRows(long wanted) {
    if (wanted > maxRows) {
      throw CallStatus.RESOURCE_EXHAUSTED
          .withDescription(
              "%,d rows in one request, %s may have %,d: ask for fewer at a time"
                  .formatted(wanted, principal().name(), maxRows))
          .toRuntimeException();
    }
  }

  /** Notes what the call is about, for log and metrics; the version is empty where there is one. */
  public void concerns(String name, String ofVersion) {
    embedding = name;
    version = ofVersion;
  }

  /** Counts rows that were sent, or taken from a client that puts. */
  public void countRows(long more) {
    rows.add(more);
  }

  /**
   * Who calls.
   *
   * @throws IllegalStateException before the caller is known
   */
  public Principal principal() {
    Principal known = principal;
    if (known == null) {
      throw new IllegalStateException("the caller of request %s is not known".formatted(requestId));
    }
    return known;
  }

  /** The caller's name, {@code -} before the caller is known. */
  public String principalName() {
    Principal known = principal;
    return known == null ? "-" : known.name();
  }

  /** Given by the client, or made here; the same in headers, log lines and messages. */
  public String requestId() {
    return requestId;
  }

  /** The short name of the method, such as {@code DoGet}. */
  public String method() {
    return method;
  }

  /** Whether this is gRPC's own question after the server's health, which is no work. */
  public boolean isHealthCheck() {
    return method.startsWith("grpc.health.");
  }

  /** The embedding's name; empty if the call is about none. */
  public String embedding() {
    return embedding;
  }

  /** The embedding's version; empty if it has none. */
  public String version() {
    return version;
  }

  /** When the call's headers had come. */
  public Instant started() {
    return started;
  }

  /** The time since then. */
  public Duration duration() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Rows sent, or taken from a client that puts. */
  public long rows() {
    return rows.sum();
  }

  /** Bytes of the client's messages. */
  public long bytesIn() {
    return bytesIn.sum();
  }

  /** Bytes of the messages to the client. */
  public long bytesOut() {
    return bytesOut.sum();
  }

  void admit(Principal caller, long rowsOfOneRequest) {
    principal = caller;
    maxRows = rowsOfOneRequest;
  }

  void countIn(long bytes) {
    bytesIn.add(bytes);
  }

  void countOut(long bytes) {
    bytesOut.add(bytes);
  }

  /** The client has more to take than may wait for it. */
  void awaitClient() {
    if (waitingSince == 0) {
      waitingSince = System.nanoTime() | 1; // never 0
    }
  }

  /** The client has taken something. */
  void clientTook() {
    waitingSince = 0;
  }

  /** Whether the client has taken nothing of what waits for it in so long. */
  boolean stalled(Duration patience) {
    long since = waitingSince;
    return since != 0 && System.nanoTime() - since > patience.toNanos();
  }

  /** The call's own context, in which its threads run. */
  Context attachTo(Context parent) {
    context = parent.withValue(KEY, this).withCancellation();
    return context;
  }

  /**
   * Waits for what the client sends, on a thread that may be interrupted for it: when the client
   * has sent nothing for too long, the wait ends.
   *
   * @param read blocks until something has come; an interrupt makes it throw
   * @throws org.apache.arrow.flight.FlightRuntimeException TIMED_OUT if nothing came in time
   */
  public <T> T fromClient(Supplier<T> read) {
    synchronized (this) {
      reader = Thread.currentThread();
      readingSince = System.nanoTime();
    }
    T came = null;
    RuntimeException failure = null;
    try {
      came = read.get();
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      synchronized (this) {
        reader = null;
      }
    }
    Ended end = ended;
    if (end != null && end.why() == Cut.IDLE) {
      Thread.interrupted(); // it was for this wait
      throw CallStatus.TIMED_OUT
          .withDescription(end.status().getDescription())
          .toRuntimeException();
    }
    if (failure != null) {
      throw failure;
    }
    return came;
  }

  /** Ends a wait that takes longer than a client may be silent; its thread then ends the call. */
  synchronized void endIfIdle(Duration patience) {
    if (reader != null && System.nanoTime() - readingSince > patience.toNanos()) {
      cut(
          Cut.IDLE,
          "the client sent nothing for %d s: call again when there is more to send"
              .formatted(patience.toSeconds()));
      reader.interrupt();
    }
  }

  /**
   * Resets the stream: what waits for the client is freed and the server's side of the call learns
   * that it was cancelled. A status alone would queue behind what the client does not take, so the
   * client sees CANCELLED; the reason is for log and metrics.
   */
  public void breakOff(Cut why, String description) {
    Context.CancellableContext mine = context;
    if (mine != null) {
      cut(why, description);
      // gRPC resets a stream at once for a time-out and for nothing else
      mine.cancel(new TimeoutException(description));
    }
  }

  /** Notes that the server ends this call, and returns how. */
  Status cut(Cut why, String description) {
    Status status = why.status(description);
    ended = new Ended(why, status);
    return status;
  }

  /** Why the server ended this call; empty if it did not. Known when the call is over. */
  public Optional<Cut> cut() {
    return Optional.ofNullable(ended).map(Ended::why);
  }

  /** gRPC refuses a message beyond the limit by itself, before anything here sees the call. */
  private static boolean isTooLarge(Status status) {
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && status.getDescription() != null
        && status.getDescription().contains("exceeds maximum size");
  }

  /** How the call has ended, given what gRPC says of it. */
  Status ending(Status status) {
    Ended end = ended;
    if (end != null && !status.isOk()) {
      return end.status();
    }
    return isTooLarge(status)
        ? status.augmentDescription("send smaller batches, or serve with a larger --max-request-mb")
        : status;
  }
}
