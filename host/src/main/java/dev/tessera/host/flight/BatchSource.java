package dev.tessera.host.flight;

import org.apache.arrow.vector.VectorSchemaRoot;

/** The batches of one stream, one after the other in one root. Used by one thread at a time. */
interface BatchSource extends AutoCloseable {

  /** Where the current batch is; the same object for the life of the source, which owns it. */
  VectorSchemaRoot root();

  /** Puts the next batch into the root, or returns false if there is none. */
  boolean next();

  /**
   * Whether gRPC may keep the batch's buffers until they are on the wire: true only if they outlive
   * the call.
   */
  boolean outlivesCall();

  @Override
  void close();
}
