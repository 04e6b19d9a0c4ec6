package dev.tessera.host.natives;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks for ONNX Runtime, which text models use. By reflection: an installation without such a
 * plugin need not have it.
 */
final class OnnxRuntimeProbe {

  private static final String SUBJECT = "ONNX Runtime";
  private static final String ENVIRONMENT = "ai.onnxruntime.OrtEnvironment";

  private OnnxRuntimeProbe() {}

  static Finding finding(ClassLoader loader) {
    try {
      Class<?> type = Class.forName(ENVIRONMENT, true, loader);
      Object environment = type.getMethod("getEnvironment").invoke(null);
      String version = String.valueOf(type.getMethod("getVersion").invoke(environment));
      Iterable<?> providers = (Iterable<?>) type.getMethod("getAvailableProviders").invoke(null);
      Stream.Builder<Object> names = Stream.builder();
      providers.forEach(names);
      return Finding.ok(
          SUBJECT,
          version
              + ", providers "
              + names.build().map(String::valueOf).sorted().collect(Collectors.joining(", ")));
    } catch (ClassNotFoundException e) {
      return Finding.absent(
          SUBJECT, "not on the class path", "needed by plugins for text models only");
    } catch (ReflectiveOperationException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Finding.broken(
          SUBJECT,
          "does not work: " + cause,
          "look whether the system's temporary folder can be written and run from");
    }
  }
}
