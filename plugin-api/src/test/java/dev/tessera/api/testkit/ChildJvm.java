package dev.tessera.api.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java of its own for a test: this one's class path, and the flags that Arrow asks for. */
public final class ChildJvm {

  /** From here on Java warns of native access and of Unsafe unless told otherwise. */
  private static final int FIRST_THAT_WARNS = 24;

  private ChildJvm() {}

  /**
   * Makes ready to start a class.
   *
   * @param options further ones of the JVM, such as {@code -Xmx256m}
   * @param main its {@code main} is called
   */
  public static ProcessBuilder of(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    if (Runtime.version().feature() >= FIRST_THAT_WARNS) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
