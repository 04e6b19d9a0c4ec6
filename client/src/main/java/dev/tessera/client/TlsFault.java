package dev.tessera.client;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Says in plain words why no encrypted connection came about. What TLS itself says of it is {@code
 * General OpenSslEngine problem}; the cause lies some exceptions below.
 */
final class TlsFault {

  private TlsFault() {}

  /** Whether a failure is one of TLS. */
  static boolean is(Throwable failure) {
    return causes(failure).stream().anyMatch(SSLException.class::isInstance);
  }

  /**
   * What is wrong and what to do, on one line; empty if the failure is not one of TLS.
   *
   * @param failure of a call
   * @param address that was called
   * @param security with which it was called
   */
  static Optional<String> of(Throwable failure, ServerAddress address, ClientSecurity security) {
    return is(failure) ? Optional.of(text(causes(failure), address, security)) : Optional.empty();
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }

  private static String text(
      List<Throwable> causes, ServerAddress address, ClientSecurity security) {
    if (has(causes, CertificateExpiredException.class)) {
      return "the server's certificate has expired: it needs a new one";
    }
    if (has(causes, CertificateNotYetValidException.class)) {
      return "the server's certificate does not hold yet: is the clock right, here and there?";
    }
    if (has(causes, CertPathBuilderException.class)
        || has(causes, CertPathValidatorException.class)) {
      return security.ca().isPresent()
          ? "the server's certificate is not signed by an authority in %s: give its authority's with --ca"
              .formatted(security.ca().get())
          : "the server's certificate is not signed by an authority that Java trusts: give its authority's with --ca";
    }
    if (has(causes, CertificateException.class)) { // what is left that the JDK checks is the name
      return "the server's certificate is not for the name %s: call the server by a name that it has"
          .formatted(address.host());
    }
    if (has(causes, NotSslRecordException.class)) {
      return "the server does not encrypt: use grpc://%s:%d"
          .formatted(address.host(), address.port());
    }
    if (says(causes, "alert") && says(causes, "certificate", "unknown_ca")) {
      return security.certificate().isPresent()
          ? "the server does not take the certificate %s: give one with --cert and --key that its --client-ca has signed"
              .formatted(security.certificate().get())
          : "the server wants a certificate of the client: give --cert and --key";
    }
    return "the two cannot agree on TLS: is its certificate signed by --ca, for this host; does it want --cert and --key?";
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static boolean says(List<Throwable> causes, String... words) {
    for (Throwable cause : causes) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      for (String word : words) {
        if (message.contains(word)) {
          return true;
        }
      }
    }
    return false;
  }
}
