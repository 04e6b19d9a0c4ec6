package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A file that fetched rows go to. They are written aside, under the name plus {@code .tmp}, and
 * renamed by {@link #commit}, so that under the name there is the whole or nothing new. Every
 * failure is a {@link PluginException} that names the file.
 */
interface FetchedFile extends AutoCloseable {

  /**
   * Whether several threads may write, each from a place of its own on. If not, rows must come in
   * their order.
   */
  boolean takesAnyOrder();

  /**
   * Writes rows.
   *
   * @param first the number of the first of them in the file
   * @param rows lent for the call
   */
  void write(long first, EmbeddingRows rows);

  /** Makes the file appear. Call once, after the last row. */
  void commit();

  /** Without an earlier {@link #commit}, deletes what was written. */
  @Override
  void close();

  /**
   * Begins a file of the kind that its name says.
   *
   * @param rows how many will come
   * @param looksUp whether some of them may be null
   * @throws PluginException if the name ends otherwise, or the folder is not there
   */
  static FetchedFile create(
      Path file, EmbeddingInfo info, long rows, boolean looksUp, BufferAllocator allocator) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new PluginException(
          ErrorCode.IO, "cannot write %s: no folder %s, make it first".formatted(file, folder));
    }
    if (name.endsWith(".npy")) {
      return new NpyFetchedFile(file, info, rows);
    }
    if (name.endsWith(".parquet")) {
      return new ParquetFetchedFile(file, info, looksUp);
    }
    if (name.endsWith(".arrow")) {
      return new ArrowFetchedFile(file, info, allocator);
    }
    throw new PluginException(
        ErrorCode.INVALID_CONFIG,
        "wanted a file that ends with .npy, .parquet or .arrow, found '%s'".formatted(file));
  }

  /** Where rows are written before the file is whole. */
  static Path aside(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  /** Begins to write aside. */
  static FileChannel openAside(Path file) {
    try {
      return FileChannel.open(
          aside(file),
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Gives a file that was written aside its name. */
  static void moveIntoPlace(Path file) {
    try {
      Files.move(
          aside(file), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Deletes what was written aside, if it is still there. */
  static void discard(Path file) {
    discard(file, () -> {});
  }

  /** The same of what may still be open. */
  static void discard(Path file, Closeable written) {
    try {
      try (written) {
        Files.deleteIfExists(aside(file));
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** The failure of a write. */
  static PluginException unwritable(Path file, IOException e) {
    return FileFault.of(file, "cannot be written", e);
  }
}
