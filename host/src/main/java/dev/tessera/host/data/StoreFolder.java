package dev.tessera.host.data;

import dev.tessera.host.files.FileTree;
import dev.tessera.host.files.WriterMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * Where a store grows: {@code stores/FINGERPRINT.tmp-PID-NANOS}, renamed to {@code
 * stores/FINGERPRINT} when it is whole. Several builds of the same store may run; the first to
 * finish wins, and the others use its result.
 */
final class StoreFolder implements AutoCloseable {

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
    Path temporary = target.resolveSibling(target.getFileName() + WriterMark.of("tmp"));
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
    FileTree.delete(target);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes the temporary folder, if it was not committed. */
  @Override
  public void close() throws IOException {
    FileTree.delete(temporary);
  }

  private static void removeLeftOvers(Path target) throws IOException {
    try (Stream<Path> siblings = Files.list(target.getParent())) {
      for (Path sibling : siblings.toList()) {
        if (WriterMark.isLeftOver(sibling)) {
          FileTree.delete(sibling);
        }
      }
    }
  }
}
