package dev.tessera.host.flight.call;

import io.grpc.Status;

/** Is told of every call. Called by gRPC's own threads: it must be quick and must not block. */
public interface CallObserver {

  /** A call has come; its principal and embedding are not known yet. */
  void started(ServedCall call);

  /** A call is over, its last byte sent or given up. */
  void ended(ServedCall call, Status status);

  /**
   * A call has given back the memory outside the heap that it had for its batches.
   *
   * @param peakBytes the most that it held at a time
   */
  default void freed(long peakBytes) {}
}
