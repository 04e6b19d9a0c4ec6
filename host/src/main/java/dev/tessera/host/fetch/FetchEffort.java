package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How hard a fetch tries.
 *
 * @param retries how often a call is made again after a failure that may pass
 * @param streams how many parts are read side by side
 * @param pause before the first retry; each further one is twice as long
 */
public record FetchEffort(int retries, int streams, Duration pause) {

  /** One stream, once. */
  public static final FetchEffort ONCE = new FetchEffort(0, 1, Duration.ofSeconds(1));

  /**
   * Checks the numbers.
   *
   * @throws PluginException if one is too small
   */
  public FetchEffort {
    if (retries < 0 || streams < 1) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "wanted --retries of at least 0 and --streams of at least 1, found %d and %d"
              .formatted(retries, streams));
    }
  }

  /**
   * Makes a call until it succeeds, fails for good, or has been retried often enough.
   *
   * @throws PluginException CANCELLED as soon as the thread's gRPC context is cancelled
   */
  public void run(Runnable call, Consumer<String> notice) {
    Duration wait = pause;
    for (int left = retries; ; left--) {
      try {
        call.run();
        return;
      } catch (PluginException e) {
        if (Context.current().isCancelled()) {
          throw ended(e);
        }
        if (left == 0 || !EmbeddingFlightClient.isPassing(e)) {
          throw e;
        }
        notice.accept("%s (trying again in %d ms)".formatted(e.getMessage(), wait.toMillis()));
      }
      sleep(wait);
      wait = wait.multipliedBy(2);
    }
  }

  /** Until the time is over or the thread's context is cancelled; the next call then fails. */
  private static void sleep(Duration time) {
    CountDownLatch cancelled = new CountDownLatch(1);
    Context.CancellationListener listener = context -> cancelled.countDown();
    Context.current().addListener(listener, Runnable::run);
    try {
      boolean unused = cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ended(e);
    } finally {
      Context.current().removeListener(listener);
    }
  }

  /** That somebody wanted the fetch to end. */
  static PluginException ended(Exception cause) {
    return new PluginException(ErrorCode.CANCELLED, "the fetch was ended", cause);
  }
}
