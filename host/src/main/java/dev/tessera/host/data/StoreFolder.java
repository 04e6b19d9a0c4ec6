package dev.tessera.host.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a store grows: {@code stores/FINGERPRINT.tmp-PID}, renamed to {@code stores/FINGERPRINT}
 * when it is whole. Two processes may build the same store; the first to finish wins, and the other
 * uses its result.
 */
final class StoreFolder implements AutoCloseable {

  private static final String TEMPORARY = ".tmp-";

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
    Path temporary =
        target.resolveSibling(target.getFileName() + TEMPORARY + ProcessHandle.current().pid());
    try {
      Files.createDirectories(target.getParent());
      removeLeftOvers(target);
      delete(temporary);
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
        if (isLeftOver(sibling.getFileName().toString())) {
          delete(sibling);
        }
      }
    }
  }

  private static boolean isLeftOver(String name) {
    int at = name.indexOf(TEMPORARY);
    if (at < 0) {
      return false;
    }
    try {
      long pid = Long.parseLong(name.substring(at + TEMPORARY.length()));
      Optional<ProcessHandle> process = ProcessHandle.of(pid);
      return process.isEmpty() || !process.get().isAlive();
    } catch (NumberFormatException e) {
      return false; // not ours
    }
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
