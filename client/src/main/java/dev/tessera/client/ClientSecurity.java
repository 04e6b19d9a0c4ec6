package dev.tessera.client;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * How a client proves who it is, and which servers it trusts. Prints no secret.
 *
 * @param ca PEM file of whom to trust for a {@code grpc+tls} server; the JDK's list if empty
 * @param certificate PEM file of the client's own certificate, with {@code key}
 * @param key PEM file of its private key, PKCS#8 without a password
 * @param token sent as {@code authorization: Bearer …} with every call
 */
public record ClientSecurity(
    Optional<Path> ca, Optional<Path> certificate, Optional<Path> key, Optional<String> token) {

  /** No token and no certificate; the JDK's list of authorities. */
  public static final ClientSecurity NONE =
      new ClientSecurity(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * Checks that what belongs together is together.
   *
   * @throws PluginException if there is a certificate without its key or the other way round, or if
   *     the token is no text for a header
   */
  public ClientSecurity {
    if (certificate.isPresent() != key.isPresent()) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, "a client certificate and its key belong together: give both");
    }
    if (token.isPresent() && !token.get().matches("[!-~]+")) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, "the token must be one line of visible characters");
    }
  }

  /** What TLS needs of it. */
  SslContext tls() {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    try {
      ca.ifPresent(file -> builder.trustManager(readable(file).toFile()));
      certificate.ifPresent(
          file -> builder.keyManager(readable(file).toFile(), readable(key.get()).toFile()));
      return builder.build();
    } catch (IllegalArgumentException | SSLException e) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "wanted PEM files for TLS (certificates, a PKCS#8 key without a password), found in one"
              + " of %s, %s, %s something else".formatted(name(ca), name(certificate), name(key)),
          e);
    }
  }

  /** What every call carries. */
  Metadata headers() {
    Metadata headers = new Metadata();
    token.ifPresent(text -> headers.put(AUTHORIZATION, "Bearer " + text));
    return headers;
  }

  private static Path readable(Path file) {
    if (!Files.isReadable(file)) {
      throw new PluginException(ErrorCode.INVALID_CONFIG, "cannot read " + file);
    }
    return file;
  }

  private static String name(Optional<Path> file) {
    return file.map(Path::toString).orElse("-");
  }

  @Override
  public String toString() {
    return "ClientSecurity[ca=%s, certificate=%s, token=%s]"
        .formatted(name(ca), name(certificate), token.isPresent() ? "…" : "-");
  }
}
