package dev.tessera.host.plugin;

import java.lang.reflect.InvocationTargetException;
import java.util.ServiceConfigurationError;

/** Says in one line what was thrown. */
final class FailureText {

  private static final int LONGEST = 400;

  private FailureText() {}

  /** The innermost useful message, on one line. */
  static String of(Throwable thrown) {
    Throwable failure = unwrapped(thrown);
    if (failure instanceof NoClassDefFoundError || failure instanceof ClassNotFoundException) {
      return "misses the class %s: bundle its library in the plugin's jar"
          .formatted(String.valueOf(failure.getMessage()).replace('/', '.'));
    }
    if (failure instanceof LinkageError && !(failure instanceof ExceptionInInitializerError)) {
      return "does not fit the classes it finds (%s): build it against this version"
          .formatted(line(failure));
    }
    return line(failure);
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable failure = thrown;
    while (failure.getCause() != null
        && (failure instanceof ServiceConfigurationError
            || failure instanceof ExceptionInInitializerError
            || failure instanceof InvocationTargetException)) {
      failure = failure.getCause();
    }
    return failure;
  }

  private static String line(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    String text =
        failure.getMessage() == null
            ? name
            : name + ": " + failure.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
