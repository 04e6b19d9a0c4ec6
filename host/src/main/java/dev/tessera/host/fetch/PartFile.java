package dev.tessera.host.fetch;

import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;

/** A part that waits in a file of its own until those before it are written. */
final class PartFile implements PartTarget, AutoCloseable {

  private final Path path;
  private final EmbeddingInfo info;
  private final BufferAllocator allocator;

  // Guarded by this: closed by another thread than writes.
  private ArrowFetchedFile file;

  PartFile(Path path, EmbeddingInfo info, BufferAllocator allocator) {
    this.path = path;
    this.info = info;
    this.allocator = allocator;
  }

  @Override
  public synchronized void begin() {
    close();
    file = new ArrowFetchedFile(path, info, allocator);
  }

  @Override
  public synchronized void write(EmbeddingRows rows) {
    file.write(rows);
  }

  @Override
  public synchronized void end() {
    file.end();
  }

  /** Lends all rows; the part has ended. */
  synchronized void forEach(Consumer<EmbeddingRows> consumer) {
    file.forEach(consumer, allocator);
  }

  /** Deletes the file. */
  @Override
  public synchronized void close() {
    if (file != null) {
      ArrowFetchedFile begun = file;
      file = null;
      begun.close();
    }
  }
}
