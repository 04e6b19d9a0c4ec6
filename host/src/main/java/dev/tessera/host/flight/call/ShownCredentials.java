package dev.tessera.host.flight.call;

import dev.tessera.host.flight.security.Credentials;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Reads from a call what its client shows of itself. */
final class ShownCredentials {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final String SCHEME = "Bearer ";

  private ShownCredentials() {}

  static Credentials of(ServerCall<?, ?> call, Metadata headers) {
    return new Credentials(bearer(headers.get(AUTHORIZATION)), commonName(call));
  }

  private static Optional<String> bearer(String header) {
    boolean fits = header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    return fits ? Optional.of(header.substring(SCHEME.length()).strip()) : Optional.empty();
  }

  private static Optional<String> commonName(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return Optional.empty();
    }
    try {
      LdapName subject = new LdapName(session.getPeerPrincipal().getName());
      return subject.getRdns().stream()
          .filter(part -> part.getType().equalsIgnoreCase("CN"))
          .map(part -> part.getValue().toString())
          .reduce((outer, inner) -> inner);
    } catch (SSLPeerUnverifiedException | InvalidNameException e) {
      // a connection without a client certificate, or one whose name is none
      return Optional.empty();
    }
  }
}
