package dev.tessera.host.flight.call;

import io.grpc.Status;

/** Why a call ended that neither its client nor an error ended: the server refused or broke it. */
public enum Cut {
  /** Refused: the server stops. */
  DRAINING(Status.UNAVAILABLE),
  /** Refused: nobody knows who calls. */
  UNAUTHENTICATED(Status.UNAUTHENTICATED),
  /** Refused: the principal has as many streams open as it may. */
  TOO_MANY_STREAMS(Status.RESOURCE_EXHAUSTED),
  /** Broken off: the client takes nothing of what waits for it. */
  STALLED(Status.DEADLINE_EXCEEDED),
  /** Broken off: the client sends nothing that the server waits for. */
  IDLE(Status.DEADLINE_EXCEEDED),
  /** Broken off: the server has stopped. */
  STOPPING(Status.UNAVAILABLE),
  /** Broken off: somebody asked for it. */
  CANCELLED(Status.CANCELLED);

  private final Status status;

  Cut(Status status) {
    this.status = status;
  }

  /** How such a call ends. */
  Status status(String description) {
    return status.withDescription(description);
  }
}
