package dev.tessera.host.flight;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** A stream that holds the version it began with until it ends. */
record LeasedSource(BatchSource source, Runnable release) implements ExchangeSource {

  @Override
  public VectorSchemaRoot root() {
    return source.root();
  }

  @Override
  public boolean next() {
    return source.next();
  }

  @Override
  public void take(VectorSchemaRoot batch, DictionaryProvider dictionaries)
      throws InterruptedException {
    ((ExchangeSource) source).take(batch, dictionaries);
  }

  @Override
  public void end() {
    ((ExchangeSource) source).end();
  }

  @Override
  public boolean outlivesCall() {
    return source.outlivesCall();
  }

  @Override
  public void close() {
    try {
      source.close();
    } finally {
      release.run();
    }
  }
}
