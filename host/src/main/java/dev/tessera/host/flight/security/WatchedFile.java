package dev.tessera.host.flight.security;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What a file says, read again when the file has changed, so that a token can be given or taken
 * away while the server runs. A change that makes it unreadable is logged and not followed.
 */
final class WatchedFile<T> {

  private static final Logger LOG = System.getLogger(WatchedFile.class.getName());
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path file;
  private final Function<String, T> parser;

  private volatile T value;
  private volatile long lookedAt = System.nanoTime();
  private FileTime modified; // guarded by this, as is the size
  private long size;

  /**
   * Reads a file.
   *
   * @param parser throws a PluginException that holds no secret
   */
  WatchedFile(Path file, Function<String, T> parser) {
    this.file = file;
    this.parser = parser;
    try {
      modified = Files.getLastModifiedTime(file);
      size = Files.size(file);
      value = parser.apply(Files.readString(file));
    } catch (IOException e) {
      throw new PluginException(ErrorCode.INVALID_CONFIG, "cannot read " + file, e);
    }
  }

  /** What the file said a second ago or later. */
  T value() {
    if (System.nanoTime() - lookedAt > LOOK_NANOS) {
      look();
    }
    return value;
  }

  private synchronized void look() {
    if (System.nanoTime() - lookedAt <= LOOK_NANOS) {
      return; // another thread just did
    }
    try {
      FileTime now = Files.getLastModifiedTime(file);
      long nowBytes = Files.size(file);
      if (!now.equals(modified) || nowBytes != size) {
        modified = now;
        size = nowBytes;
        value = parser.apply(Files.readString(file));
        LOG.log(Level.INFO, "read " + file + " again");
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot read {0} any more: what it said before still counts", file);
    } catch (PluginException e) {
      LOG.log(Level.WARNING, e.getMessage() + ": what the file said before still counts");
    } finally {
      lookedAt = System.nanoTime();
    }
  }
}
