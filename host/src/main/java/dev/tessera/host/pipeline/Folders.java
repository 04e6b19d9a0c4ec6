package dev.tessera.host.pipeline;

import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.files.FileTree;
import dev.tessera.host.files.WriterMark;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders that are written aside, under a name that carries the writer's process, and renamed when
 * they are whole. What a killed process left aside is removed by the next one.
 */
public final class Folders {

  private Folders() {}

  /** Creates a folder and its parents; says why if it cannot. */
  public static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw failed(folder, "cannot be created", e);
    }
  }

  /** An empty folder beside {@code target}, to be written and then moved there. */
  public static Path aside(Path target) {
    Path aside = target.resolveSibling(target.getFileName() + WriterMark.of("aside"));
    create(aside);
    return aside;
  }

  /** Moves a finished folder to its place; what was there before is removed after it. */
  static void replace(Path finished, Path target) {
    try {
      if (!Files.exists(target)) {
        Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
      Path old = aside(target.resolveSibling(target.getFileName() + ".old"));
      Files.delete(old);
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
      delete(old);
    } catch (AtomicMoveNotSupportedException e) {
      throw failed(target, "cannot be renamed into", e);
    } catch (IOException e) {
      throw failed(target, "cannot be replaced", e);
    }
  }

  /** Removes what processes that are gone left aside in {@code parent}. */
  public static void sweep(Path parent) {
    if (!Files.isDirectory(parent)) {
      return;
    }
    for (Path child : children(parent)) {
      try {
        if (WriterMark.isLeftOver(child)) {
          FileTree.delete(child);
        }
      } catch (IOException e) {
        throw failed(child, "cannot be removed", e);
      }
    }
  }

  /** Removes a folder and what it holds; nothing happens if it does not exist. */
  public static void delete(Path folder) {
    try {
      FileTree.delete(folder);
    } catch (IOException e) {
      throw failed(folder, "cannot be removed", e);
    }
  }

  /**
   * Gives {@code target} the content of {@code source}, a folder or a file: by hard links where the
   * file system can, so that a cached result takes its room once; by copies elsewhere.
   */
  public static void link(Path source, Path target) {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          linkFile(file, copy);
        }
      }
    } catch (IOException e) {
      throw failed(target, "cannot be written", e);
    }
  }

  private static void linkFile(Path file, Path copy) throws IOException {
    try {
      Files.createLink(copy, file);
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Takes the write permission from every file, since a linked file is shared with the cache. */
  static void protect(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.filter(Files::isRegularFile).forEach(file -> file.toFile().setReadOnly());
    } catch (IOException e) {
      throw failed(folder, "cannot be read", e);
    }
  }

  private static List<Path> children(Path parent) {
    try (Stream<Path> children = Files.list(parent)) {
      return children.toList();
    } catch (IOException e) {
      throw failed(parent, "cannot be listed", e);
    }
  }

  private static PluginException failed(Path path, String what, IOException e) {
    return FileFault.of(path, what, e);
  }
}
