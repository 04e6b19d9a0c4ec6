package dev.tessera.host.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a store grows: {@code stores/FINGERPRINT.tmp-PID-NANOS}, renamed to {@code
 * stores/FINGERPRINT} when it is whole. Several builds of the same store may run; the first to
 * finish wins, and the others use its result.
 */
final class StoreFolder implements AutoCloseable {

  private static final String TEMPORARY = ".tmp-";
  private static final Pattern TEMPORARY_NAME = Pattern.compile(".*\\.tmp-(\\d{1,18})-\\d+");

  private final Path target;
  private final Path temporary;

  private StoreFolder(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  /** Where the store of a fingerprint lies, whether it is there or not. */
  static Path target(Path workspace, String fingerprint) {
    return workspace.resolve("stores").resolve(fingerprint);
  }

  /**
   * Creates an empty temporary folder, and removes those that killed processes left.
   *
   * @throws dev.tessera.api.PluginException if the workspace cannot be written
   */
  static StoreFolder create(Path target) {
    String mark = TEMPORARY + ProcessHandle.current().pid() + "-" + System.nanoTime();
    Path temporary = target.resolveSibling(target.getFileName() + mark);
    try {
      Files.createDirectories(target.getParent());
      removeLeftOvers(target);
      Files.createDirectory(temporary);
      return new StoreFolder(target, temporary);
    } catch (IOException e) {
      throw DataFault.unwritable(target.getParent(), e);
    }
  }

  /** The folder to write to. */
  Path temporary() {
    return temporary;
  }

  /** Renames the folder to its final name; what is there and no whole store is removed first. */
  void commit() throws IOException {
    if (StoreFiles.readSummary(target).isPresent()) {
      return; // another process was first; close() drops ours
    }
    delete(target);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes the temporary folder, if it was not committed. */
  @Override
  public void close() throws IOException {
    delete(temporary);
  }

  private static void removeLeftOvers(Path target) throws IOException {
    try (Stream<Path> siblings = Files.list(target.getParent())) {
      for (Path sibling : siblings.toList()) {
        if (isLeftOver(sibling)) {
          delete(sibling);
        }
      }
    }
  }

  /** Whether the process that made a temporary folder has ended, even if its number lives on. */
  private static boolean isLeftOver(Path folder) throws IOException {
    Matcher name = TEMPORARY_NAME.matcher(folder.getFileName().toString());
    if (!name.matches()) {
      return false; // not ours
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(name.group(1)));
    if (process.isEmpty() || !process.get().isAlive()) {
      return true;
    }
    Instant modified = Files.getLastModifiedTime(folder).toInstant();
    return process.get().info().startInstant().map(modified::isBefore).orElse(false);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Path> inner = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : inner) {
        Files.deleteIfExists(path);
      }
    }
  }
}
