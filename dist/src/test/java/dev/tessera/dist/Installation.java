package dev.tessera.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged Tessera, started by its launcher in a JVM of its own. */
final class Installation {

  private static final long PATIENCE_SECONDS = 180;

  private final Path home =
      Path.of(System.getProperty("tessera.installation")).toAbsolutePath().normalize();
  private final Path work;

  /** Commands run in {@code work}. */
  Installation(Path work) {
    this.work = work;
  }

  /** What a command ended with. */
  record Ended(int code, String out) {}

  Path config(String name) {
    return home.resolve("configs").resolve(name);
  }

  Path sample(String name) {
    return home.resolve("samples").resolve(name);
  }

  /** Starts a command; what it prints goes to a file in the work folder. */
  Process start(Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(home.resolve("tessera").toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(work.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Runs a command to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    Path output = Files.createTempFile(work, "output", ".txt");
    Process process = start(output, arguments);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end: " + Files.readString(output));
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }
}
