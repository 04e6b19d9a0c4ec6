package dev.tessera.host.flight.security;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who makes a call, and what that caller may do.
 *
 * @param name stands in logs and counts against limits; never a secret
 * @param grants all that is allowed; what no grant allows is refused
 * @param maxStreams open streams at once; the server's limit if empty
 * @param maxRows rows of one request; the server's limit if empty
 */
public record Principal(
    String name, List<Grant> grants, OptionalInt maxStreams, OptionalLong maxRows) {

  /** A principal with a copy of the grants. */
  public Principal {
    grants = List.copyOf(grants);
  }

  /** A principal under the server's limits. */
  public Principal(String name, List<Grant> grants) {
    this(name, grants, OptionalInt.empty(), OptionalLong.empty());
  }

  /** One that may do everything: every caller of a server that asks for no credentials. */
  public static Principal unrestricted(String name) {
    return new Principal(name, List.of(new Grant(Right.READ, "*"), new Grant(Right.WRITE, "*")));
  }

  /** Whether a right on an embedding is granted. */
  public boolean may(Right right, String embedding) {
    return grants.stream().anyMatch(grant -> grant.allows(right, embedding));
  }
}
