package dev.tessera.host.flight;

import java.util.concurrent.atomic.AtomicBoolean;

/** An embedding held for one call: its files stay mapped, and on disk, until this is closed. */
public final class EmbeddingLease implements AutoCloseable {

  private final ServedEmbedding embedding;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  EmbeddingLease(ServedEmbedding embedding, Runnable release) {
    this.embedding = embedding;
    this.release = release;
  }

  /** What is held. */
  public ServedEmbedding embedding() {
    return embedding;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
