package dev.tessera.host.flight;

/**
 * A step held for one call: its models stay open until this is closed, once.
 *
 * @param version the number of a published one; empty text if it has none
 */
record LiveLease(LiveStep step, String version, Runnable release) implements AutoCloseable {

  @Override
  public void close() {
    release.run();
  }
}
