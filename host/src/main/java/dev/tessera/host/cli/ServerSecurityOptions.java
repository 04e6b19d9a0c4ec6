package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.CredentialSource;
import dev.tessera.host.flight.security.JwtTokens;
import dev.tessera.host.flight.security.TlsFiles;
import dev.tessera.host.flight.security.TokenFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say how a server is guarded. */
final class ServerSecurityOptions {

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Encrypt: the server's certificate chain (PEM). Needs --tls-key.")
  private Optional<Path> certificate = Optional.empty();

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key (PEM, PKCS#8, without a password).")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description = "Turn clients away that have no certificate signed by one of these (PEM).")
  private Optional<Path> clientCa = Optional.empty();

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description = "Who may do what, by hashed tokens; `tessera token` adds a line.")
  private Optional<Path> tokens = Optional.empty();

  @Option(
      names = "--jwks",
      paramLabel = "FILE",
      description =
          "Take JWTs signed by RS256, PS256 or ES256 with a key of this JSON Web Key Set.")
  private Optional<Path> jwks = Optional.empty();

  @Option(
      names = "--jwt-secret-file",
      paramLabel = "FILE",
      description = "Take JWTs signed by HS256 with the secret in this file, 32 bytes or more.")
  private Optional<Path> jwtSecret = Optional.empty();

  @Option(
      names = "--jwt-issuer",
      paramLabel = "NAME",
      description = "What a JWT's claim iss must be. Needed with JWTs.")
  private Optional<String> issuer = Optional.empty();

  @Option(
      names = "--jwt-audience",
      paramLabel = "NAME",
      defaultValue = "tessera",
      description = "What a JWT's claim aud must name (default: ${DEFAULT-VALUE}).")
  private String audience;

  @Option(
      names = "--insecure",
      description = "Listen unencrypted on another address than the loopback one.")
  private boolean insecure;

  /** The TLS files, if any, for a server that listens on {@code host}. */
  Optional<TlsFiles> tls(String host) {
    if (certificate.isPresent() != key.isPresent()) {
      throw wrong("--tls-cert and --tls-key belong together: give both");
    }
    if (certificate.isEmpty() && clientCa.isPresent()) {
      throw wrong("--client-ca needs TLS: give --tls-cert and --tls-key as well");
    }
    if (certificate.isEmpty() && !insecure && !isLoopback(host)) {
      throw wrong(
          ("a server on %s would send everything unencrypted: give --tls-cert and --tls-key,"
                  + " or say --insecure")
              .formatted(host));
    }
    return certificate.map(file -> new TlsFiles(file, key.get(), clientCa));
  }

  /**
   * Who may do what. Without tokens, JWTs or client certificates everyone may read, and who is on
   * this machine may write as well.
   */
  Authentication authentication(String host) {
    List<CredentialSource> sources = new ArrayList<>();
    tokens.ifPresent(file -> sources.add(new TokenFile(file)));
    if (jwks.isPresent() && jwtSecret.isPresent()) {
      throw wrong("--jwks and --jwt-secret-file exclude each other");
    }
    jwks.ifPresent(file -> sources.add(JwtTokens.byKeySet(file, requireIssuer(), audience)));
    jwtSecret.ifPresent(file -> sources.add(JwtTokens.bySecret(file, requireIssuer(), audience)));
    if (!sources.isEmpty()) {
      return Authentication.by(sources);
    }
    return clientCa.isPresent() || isLoopback(host)
        ? Authentication.open()
        : Authentication.readOnly();
  }

  private String requireIssuer() {
    return issuer.orElseThrow(
        () -> wrong("with JWTs, --jwt-issuer must say what their claim iss has to be"));
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, "--host must be an address of this machine, was " + host, e);
    }
  }

  private static PluginException wrong(String message) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message);
  }
}
