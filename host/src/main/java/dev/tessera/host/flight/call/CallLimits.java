package dev.tessera.host.flight.call;

import java.time.Duration;

/**
 * What one caller may take, unless its own grant says otherwise.
 *
 * @param maxStreams DoGet, DoPut and DoExchange calls of one principal that are open at once
 * @param maxRows rows of one request; of one batch in a DoExchange
 * @param maxRequestBytes of one message from a client
 * @param stall how long a client may leave what waits for it untouched
 * @param idle how long a client may send nothing while a DoExchange or DoPut waits for it
 */
public record CallLimits(
    int maxStreams, long maxRows, int maxRequestBytes, Duration stall, Duration idle) {

  /** Room for about a million ids in a ticket; more should come by DoExchange. */
  public static final int REQUEST_BYTES = 16 << 20;

  /** Bounds the memory that waits for one principal's streams, some 6 MB each. */
  public static final int STREAMS = 2_000;

  /** Long enough for a client that collects garbage, short enough to be noticed. */
  public static final Duration STALL = Duration.ofSeconds(60);

  /** Each such call holds a thread, of which there are few; a client may well call again. */
  public static final Duration IDLE = Duration.ofMinutes(5);

  /** What a server uses unless told otherwise. */
  public static final CallLimits DEFAULT =
      new CallLimits(STREAMS, Long.MAX_VALUE, REQUEST_BYTES, STALL, IDLE);
}
