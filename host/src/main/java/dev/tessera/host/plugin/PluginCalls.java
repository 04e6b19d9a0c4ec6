package dev.tessera.host.plugin;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.function.Supplier;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * The border between host and plugin: the only class that sets a thread's context class loader, and
 * the one that turns whatever is thrown into a {@link PluginException}. Safe for many threads.
 */
final class PluginCalls {

  private final String plugin;
  private final ClassLoader loader;

  PluginCalls(String plugin, ClassLoader loader) {
    this.plugin = plugin;
    this.loader = loader;
  }

  /**
   * Calls into the plugin.
   *
   * @param what what is asked of it, e.g. {@code fit of step als_64}
   * @throws PluginException the plugin's own, or one that says what else it threw
   */
  <T> T ask(String what, Supplier<T> body) {
    return translated("[%s] %s failed".formatted(plugin, what), loader, body);
  }

  /** Calls into the plugin, without a result. */
  void run(String what, Runnable body) {
    ask(what, () -> done(body));
  }

  /**
   * Calls back from the plugin into the host, whose libraries look at the context class loader too.
   *
   * @param what what the host does, e.g. {@code writing the rows of step als_64}
   */
  void runInHost(String what, Runnable body) {
    translated(
        "[host] %s failed".formatted(what), PluginCalls.class.getClassLoader(), () -> done(body));
  }

  /** Calls into the plugin and lets through what it throws. */
  <T> T swapped(Supplier<T> body) {
    return swapped(loader, body);
  }

  private static <T> T translated(String failure, ClassLoader context, Supplier<T> body) {
    try {
      return swapped(context, body);
    } catch (PluginException e) {
      throw e;
    } catch (OutOfMemoryError | OutOfMemoryException e) {
      throw new PluginException(
          ErrorCode.OUT_OF_MEMORY,
          "%s for want of memory: %s; give it more (memory-limit) or a smaller configuration"
              .formatted(failure, FailureText.of(e)),
          e);
    } catch (Throwable e) {
      throw new PluginException(
          ErrorCode.INTERNAL, "%s: %s".formatted(failure, FailureText.of(e)), e);
    }
  }

  private static <T> T swapped(ClassLoader context, Supplier<T> body) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      return body.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static boolean done(Runnable body) {
    body.run();
    return true;
  }
}
