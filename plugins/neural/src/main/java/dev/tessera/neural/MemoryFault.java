package dev.tessera.neural;

import ai.djl.engine.EngineException;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Locale;
import java.util.function.Supplier;

/** Tells lack of memory from other failures, and says what to do about it. */
public final class MemoryFault {

  private MemoryFault() {}

  /**
   * Does some work of a step.
   *
   * @param advice which setting lowers the memory, e.g. {@code "lower batch-tokens (now 4096)"}
   * @throws PluginException with {@link ErrorCode#OUT_OF_MEMORY} if memory did not suffice
   */
  public static <T> T explain(Supplier<T> work, String advice) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw outOfMemory(e, advice);
    } catch (EngineException | IllegalStateException e) {
      if (isLackOfMemory(e)) {
        throw outOfMemory(e, advice);
      }
      throw e;
    }
  }

  /** As {@link #explain}, for work that gives nothing. */
  public static void run(Runnable work, String advice) {
    explain(
        () -> {
          work.run();
          return null;
        },
        advice);
  }

  private static boolean isLackOfMemory(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory")
        || message.contains("not enough memory")
        || message.contains("can't allocate memory");
  }

  private static PluginException outOfMemory(Throwable cause, String advice) {
    String first = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new PluginException(
        ErrorCode.OUT_OF_MEMORY, "memory did not suffice: %s; %s".formatted(first, advice), cause);
  }
}
