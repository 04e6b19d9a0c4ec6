package dev.tessera.host.cli;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns Ctrl-C and SIGTERM into a request to stop, and gives the work some time to tidy up before
 * the process ends. A second signal ends it at once.
 */
final class Interruption implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Added to a signal's number, as shells do: the exit code of a process that it ended. */
  private static final int ENDED_BY_SIGNAL = 128;

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "interruption");
  private final Duration patience;
  private volatile Runnable wake = () -> {};

  Interruption() {
    this(PATIENCE);
  }

  /** Waits for the work so long. */
  Interruption(Duration patience) {
    this.patience = patience;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the work should stop. */
  boolean isRequested() {
    return requested.get();
  }

  /**
   * For work that waits rather than asks: what wakes it, done when it should stop, at once if it
   * should already. Called by another thread, perhaps twice.
   */
  void onRequest(Runnable action) {
    wake = action;
    if (isRequested()) {
      action.run();
    }
  }

  private void stop() {
    requested.set(true);
    wake.run();
    endAtNext("INT");
    endAtNext("TERM");
    try {
      if (!finished.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("tessera: stopped without waiting any longer for the running work");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The JVM takes one signal to end by and ignores further ones. What hears of them is in every JDK
   * but javac warns of it, so it is called by its name.
   */
  private static void endAtNext(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object asked = signal.getConstructor(String.class).newInstance(name);
      int number = (int) signal.getMethod("getNumber").invoke(asked);
      Object ending =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                Runtime.getRuntime().halt(ENDED_BY_SIGNAL + number);
                return null;
              });
      signal.getMethod("handle", signal, handler).invoke(null, asked, ending);
    } catch (ReflectiveOperationException e) {
      // this JVM leaves the signal to somebody else: a second one changes nothing
    }
  }

  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending: the hook is what waits for us
    }
  }
}
