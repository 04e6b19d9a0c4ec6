package dev.tessera.host.flight;

import dev.tessera.host.flight.call.ServedCall;

/** One thing that a client can have done by DoAction. */
public interface ServerAction {

  /** The action's type, such as {@code list-versions}. */
  String name();

  /** What it does, and the body that it wants; one line for ListActions. */
  String description();

  /**
   * Does it, on a thread that may block.
   *
   * @param body as the client sent it
   * @param call asks it for the caller's rights
   * @return the one result's body
   * @throws org.apache.arrow.flight.FlightRuntimeException what the client is to see
   * @throws dev.tessera.api.PluginException becomes INVALID_ARGUMENT if it is about what the client
   *     asked for, otherwise INTERNAL
   */
  byte[] run(byte[] body, ServedCall call);
}
