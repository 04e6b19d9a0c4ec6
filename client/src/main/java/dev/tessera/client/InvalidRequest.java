package dev.tessera.client;

import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;

/** What the reading of a request fails with. */
final class InvalidRequest {

  private InvalidRequest() {}

  /** INVALID_ARGUMENT and one line for the caller. */
  static FlightRuntimeException of(String message) {
    return CallStatus.INVALID_ARGUMENT.withDescription(message).toRuntimeException();
  }
}
