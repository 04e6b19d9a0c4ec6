package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.security.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;

/** Puts the TLS files under a server, each looked at first so that a bad one is named. */
final class ServerTls {

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

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
    Certificate own = checkCertificates("--tls-cert", files.certificate());
    files.clientCa().ifPresent(ca -> checkCertificates("--client-ca", ca));
    checkPair(own.getPublicKey(), files);
    try {
      builder
          .location(Location.forGrpcTls(host, port))
          .useTls(files.certificate().toFile(), files.key().toFile());
      if (files.clientCa().isPresent()) {
        builder.useMTlsClientVerification(files.clientCa().get().toFile());
      }
      return builder;
    } catch (IOException e) {
      throw invalid("the TLS files cannot be read: " + FileFault.reason(e), e);
    }
  }

  /** The first certificate of a file. */
  private static Certificate checkCertificates(String option, Path file) {
    try (var in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .findFirst()
          .orElseThrow(CertificateException::new);
    } catch (NoSuchFileException e) {
      throw invalid("%s: no file %s".formatted(option, file), e);
    } catch (IOException e) {
      throw invalid(
          "%s %s cannot be read: %s".formatted(option, file, FileFault.reason(file, e)), e);
    } catch (CertificateException e) {
      throw invalid("%s wants certificates in PEM, %s has none".formatted(option, file), e);
    }
  }

  /** Signs with the key and asks the certificate: TLS itself would tell the clients only. */
  private static void checkPair(PublicKey certified, TlsFiles files) {
    String algorithm = certified.getAlgorithm();
    try {
      Matcher pem = PRIVATE_KEY.matcher(Files.readString(files.key()));
      if (!pem.find()) {
        throw new InvalidKeyException();
      }
      byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
      Signature signature =
          Signature.getInstance("EC".equals(algorithm) ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      if (signature.verify(signed)) {
        return;
      }
    } catch (NoSuchFileException e) {
      throw invalid("--tls-key: no file " + files.key(), e);
    } catch (IOException e) {
      throw invalid(
          "--tls-key %s cannot be read: %s"
              .formatted(files.key(), FileFault.reason(files.key(), e)),
          e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw notTheKey(files, e); // nothing of the key may come into the message
    }
    throw notTheKey(files, null);
  }

  private static PluginException notTheKey(TlsFiles files, Exception cause) {
    return invalid(
        "--tls-key wants the private key of %s (RSA or EC, PKCS#8 in PEM without a password);"
                .formatted(files.certificate())
            + " %s is not".formatted(files.key()),
        cause);
  }

  private static PluginException invalid(String message, Exception cause) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message, cause);
  }
}
