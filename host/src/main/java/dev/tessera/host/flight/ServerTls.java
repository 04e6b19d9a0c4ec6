package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.security.TlsFiles;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;

/** Puts the TLS files under a server, each looked at first so that a bad one is named. */
final class ServerTls {

  private ServerTls() {}

  /**
   * A builder of a server at an address, encrypted if there are files.
   *
   * @throws PluginException if a file cannot be read or is not what it should be
   */
  static FlightServer.Builder secure(
      FlightServer.Builder builder, Optional<TlsFiles> tls, String host, int port) {
    if (tls.isEmpty()) {
      return builder.location(Location.forGrpcInsecure(host, port));
    }
    TlsFiles files = tls.get();
    checkCertificates("--tls-cert", files.certificate());
    files.clientCa().ifPresent(ca -> checkCertificates("--client-ca", ca));
    checkPair(files);
    try {
      builder
          .location(Location.forGrpcTls(host, port))
          .useTls(files.certificate().toFile(), files.key().toFile());
      if (files.clientCa().isPresent()) {
        builder.useMTlsClientVerification(files.clientCa().get().toFile());
      }
      return builder;
    } catch (IOException e) {
      throw invalid("the TLS files cannot be read: " + e.getMessage(), e);
    }
  }

  private static void checkCertificates(String option, Path file) {
    try (var in = Files.newInputStream(file)) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw invalid("%s cannot be read: %s".formatted(option, e), e);
    } catch (CertificateException e) {
      throw invalid("%s wants certificates in PEM, %s has none".formatted(option, file), e);
    }
    throw invalid("%s wants certificates in PEM, %s has none".formatted(option, file), null);
  }

  private static void checkPair(TlsFiles files) {
    File key = files.key().toFile();
    if (!key.canRead()) {
      throw invalid("--tls-key cannot be read: " + key, null);
    }
    try {
      SslContextBuilder.forServer(files.certificate().toFile(), key).build();
    } catch (IllegalArgumentException | SSLException e) {
      // nothing of the key may come into the message
      throw invalid(
          "--tls-key wants the private key of %s, PKCS#8 in PEM without a password; %s is not"
              .formatted(files.certificate(), key),
          e);
    }
  }

  private static PluginException invalid(String message, Exception cause) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message, cause);
  }
}
