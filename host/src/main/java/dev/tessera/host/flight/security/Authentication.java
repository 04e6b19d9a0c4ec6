package dev.tessera.host.flight.security;

import java.util.List;

/** Tells who a caller is. Safe for many threads; quick, for it is asked once a call. */
@FunctionalInterface
public interface Authentication {

  /**
   * Finds the principal of what a caller shows.
   *
   * @throws UnknownCaller if there is none; its message holds nothing of the credentials
   */
  Principal authenticate(Credentials credentials) throws UnknownCaller;

  /** Lets everyone do everything; a client certificate, if there is one, gives the name. */
  static Authentication open() {
    return credentials -> Principal.unrestricted(credentials.certificate().orElse("anonymous"));
  }

  /** Takes the first that knows the caller; otherwise the last one's reason counts. */
  static Authentication firstOf(List<Authentication> all) {
    return credentials -> {
      UnknownCaller last = new UnknownCaller("this server takes no credentials");
      for (Authentication one : all) {
        try {
          return one.authenticate(credentials);
        } catch (UnknownCaller e) {
          last = e;
        }
      }
      throw last;
    };
  }
}
