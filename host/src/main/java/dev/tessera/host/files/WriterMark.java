package dev.tessera.host.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The end of an unfinished file's or folder's name, {@code .KIND-PID-NANOS}. It says which process
 * writes there, so that a later one can tell what a killed process left.
 */
public final class WriterMark {

  private static final Pattern MARKED = Pattern.compile(".+\\.[a-z]+-(\\d{1,18})-\\d+");

  private WriterMark() {}

  /** A mark of this process, another one at each call. */
  public static String of(String kind) {
    return ".%s-%d-%d".formatted(kind, ProcessHandle.current().pid(), System.nanoTime());
  }

  /**
   * Whether the process that wrote something has ended, even if another one has its number now: in
   * containers every process may have the same.
   *
   * @return false also for what has no mark, and for what was removed meanwhile
   */
  public static boolean isLeftOver(Path path) throws IOException {
    Matcher name = MARKED.matcher(path.getFileName().toString());
    if (!name.matches() || !Files.exists(path)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(name.group(1)));
    if (process.isEmpty() || !process.get().isAlive()) {
      return true;
    }
    try {
      Instant modified = Files.getLastModifiedTime(path).toInstant();
      return process.get().info().startInstant().map(modified::isBefore).orElse(false);
    } catch (NoSuchFileException e) {
      return false; // its writer has renamed it meanwhile
    }
  }
}
