package dev.tessera.host.synth;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that appears whole or not at all: filled as {@code OUT.tmp-PID}, renamed by {@link
 * #commit}. {@link #close} without a commit removes it. A killed process leaves only {@code
 * OUT.tmp-PID}.
 */
final class StagedFolder implements AutoCloseable {

  private final Path target;
  private final Path staging;
  private final Path replaced;

  private StagedFolder(Path target) {
    String suffix = "-" + ProcessHandle.current().pid();
    this.target = target;
    this.staging = target.resolveSibling(target.getFileName() + ".tmp" + suffix);
    this.replaced = target.resolveSibling(target.getFileName() + ".old" + suffix);
  }

  /**
   * Creates the staging folder, and {@code target}'s parents where they are missing.
   *
   * @param force whether {@code target} may exist; it is replaced by {@link #commit}
   * @param ownNames what a folder to be replaced may hold; anything else is not ours to delete
   */
  static StagedFolder create(Path target, boolean force, Set<String> ownNames) {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null) {
      throw refused(target, "is no folder that can be created; choose another");
    }
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      if (!force) {
        throw refused(target, "exists already; choose another folder or replace it by --force");
      }
      requireOwn(absolute, target, ownNames);
    }
    StagedFolder folder = new StagedFolder(absolute);
    try {
      FileTree.delete(folder.staging);
      Files.createDirectories(absolute.getParent());
      Files.createDirectory(folder.staging);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
    return folder;
  }

  /** Where to write. */
  Path path() {
    return staging;
  }

  /** Left beside the target by processes that were killed; perhaps still in use by others. */
  List<Path> leftovers() {
    String prefix = target.getFileName() + ".tmp-";
    try (Stream<Path> siblings = Files.list(target.getParent())) {
      return siblings
          .filter(path -> path.getFileName().toString().startsWith(prefix))
          .filter(path -> !path.equals(staging))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Puts the folder in its place. What was there goes last, so a failure loses nothing. */
  void commit() {
    try {
      if (Files.exists(target)) {
        Files.move(target, replaced);
      }
      try {
        Files.move(staging, target);
      } catch (IOException e) {
        if (Files.exists(replaced)) {
          Files.move(replaced, target);
        }
        throw e;
      }
      FileTree.delete(replaced);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  @Override
  public void close() {
    try {
      FileTree.delete(staging);
    } catch (IOException e) {
      throw unwritable(staging, e);
    }
  }

  private static void requireOwn(Path folder, Path named, Set<String> ownNames) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(named, "is no folder, so --force does not replace it; choose another");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !ownNames.contains(name))
          .sorted()
          .findFirst()
          .ifPresent(
              name -> {
                throw refused(
                    named,
                    "holds "
                        + name
                        + ", which is no generated data, so --force does not replace it;"
                        + " choose another folder");
              });
    } catch (IOException e) {
      throw unwritable(named, e);
    }
  }

  private static PluginException refused(Path path, String why) {
    return new PluginException(ErrorCode.INVALID_CONFIG, path + ": " + why);
  }

  private static PluginException unwritable(Path path, IOException e) {
    return new PluginException(
        ErrorCode.IO,
        path + ": cannot be written: " + FileFault.reason(path, e) + "; choose another folder",
        e);
  }
}
