package dev.tessera.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The packaged Tessera, started by its launcher in a JVM of its own. */
final class Installation {

  private static final long PATIENCE_SECONDS = 600;

  private final Path home;
  private final Path work;

  private Installation(Path home, Path work) {
    this.home = home;
    this.work = work;
  }

  /** The one that the build made; commands run in {@code work}. */
  Installation(Path work) {
    this(built(), work);
  }

  /** A new one, from the zip, in a folder of {@code work}. */
  static Installation unpacked(Path work) throws IOException {
    Path target = work.resolve("unpacked");
    Path root = null;
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(zipFile()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = target.resolve(entry.getName());
        root = root == null ? target.resolve(Path.of(entry.getName()).getName(0)) : root;
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
    Files.setPosixFilePermissions(
        root.resolve("tessera"), PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Installation(root, work);
  }

  private static Path zipFile() throws IOException {
    try (Stream<Path> files = Files.list(built().getParent())) {
      return files.filter(file -> file.toString().endsWith(".zip")).findFirst().orElseThrow();
    }
  }

  private static Path built() {
    return Path.of(System.getProperty("tessera.installation")).toAbsolutePath().normalize();
  }

  /** What a command ended with. */
  record Ended(int code, String out) {

    /** The lines that are Tessera's: not the one that Java prints of its vector module. */
    List<String> lines() {
      return out.lines().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
    }
  }

  /** Where plugin jars are dropped. */
  Path plugins() {
    return home.resolve("plugins");
  }

  /** The launcher. */
  Path launcher() {
    return home.resolve("tessera");
  }

  Path config(String name) {
    return home.resolve("configs").resolve(name);
  }

  Path sample(String name) {
    return home.resolve("samples").resolve(name);
  }

  Path example(String name) {
    return home.resolve("examples").resolve(name);
  }

  /** Starts a command; what it prints goes to a file in the work folder. */
  Process start(Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(List.of(arguments));
    return start(output, command);
  }

  /** Runs a command to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(List.of(arguments));
    return end(command);
  }

  /** Runs lines of the shell, in which {@code $TESSERA} is the launcher, to their end. */
  Ended shell(List<String> shell, String lines) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(shell);
    command.addAll(List.of("-c", "TESSERA='" + launcher() + "'\n" + lines));
    return end(command);
  }

  /** Runs another program to its end. */
  Ended program(List<String> command) throws IOException, InterruptedException {
    return end(command);
  }

  private Process start(Path output, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(work.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private Ended end(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(work, "output", ".txt");
    Process process = start(output, command);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end: " + Files.readString(output));
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }
}
