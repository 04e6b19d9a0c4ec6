package dev.tessera.host.files;

import dev.tessera.api.FileFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock on one version's folder, which the system gives back when the process ends, however it
 * does. Servers share it; who wants to remove the files must have it alone.
 */
public final class VersionLock implements AutoCloseable {

  static final String FILE = "lock";

  private final FileChannel channel;
  private final FileLock lock;

  private VersionLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** Takes it with others; not held if the folder cannot be written to. */
  public static VersionLock shared(Path folder) {
    return take(folder, true);
  }

  /** Takes it alone; not held if anybody else has it. */
  public static VersionLock exclusive(Path folder) {
    return take(folder, false);
  }

  /** Whether it was to be had. */
  public boolean isHeld() {
    return lock != null;
  }

  private static VersionLock take(Path folder, boolean shared) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      return new VersionLock(channel, tryLock(channel, shared));
    } catch (IOException e) {
      close(channel);
      if (shared) {
        return new VersionLock(null, null); // a store that may only be read is served all the same
      }
      throw FileFault.of(folder, "cannot be locked", e);
    }
  }

  private static FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
    try {
      return channel.tryLock(0, Long.MAX_VALUE, shared);
    } catch (OverlappingFileLockException e) {
      return null; // held within this process
    }
  }

  private static void close(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // nothing was written
      }
    }
  }

  @Override
  public void close() {
    close(channel); // and with it the lock
  }
}
