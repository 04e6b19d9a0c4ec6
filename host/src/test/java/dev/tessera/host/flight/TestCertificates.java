package dev.tessera.host.flight;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that is its own authority, and its key, as PEM files; made by the JDK's keytool.
 */
record TestCertificates(Path certificate, Path key) {

  private static final String PASSWORD = "changeit";

  /** Makes {@code NAME.pem} and {@code NAME.key}, good for 127.0.0.1. */
  static TestCertificates make(Path folder, String commonName)
      throws IOException, InterruptedException, GeneralSecurityException {
    return make(folder, commonName, "san=ip:127.0.0.1,dns:localhost");
  }

  /** Makes {@code NAME.pem} and {@code NAME.key}, good for some names. */
  static TestCertificates make(Path folder, String commonName, String names)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve(commonName + ".p12");
    makeKey(store, "one", commonName, names);
    KeyStore keys = read(store);
    return new TestCertificates(
        pem(
            folder.resolve(commonName + ".pem"),
            "CERTIFICATE",
            keys.getCertificate("one").getEncoded()),
        pem(
            folder.resolve(commonName + ".key"),
            "PRIVATE KEY",
            keys.getKey("one", PASSWORD.toCharArray()).getEncoded()));
  }

  /**
   * Makes a certificate for 127.0.0.1 whose time is over, and its key.
   *
   * @param authority where the certificate of who signed it is written
   */
  static TestCertificates expired(Path folder, Path authority)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("expired.p12");
    Path request = folder.resolve("expired.csr");
    Path certificate = folder.resolve("expired.pem");
    makeKey(store, "ca", "ca", "bc:c");
    makeKey(store, "one", "expired", "san=ip:127.0.0.1");
    String at = store.toString();
    keytool(
        "-certreq",
        "-alias",
        "one",
        "-file",
        request.toString(),
        "-keystore",
        at,
        "-storepass",
        PASSWORD);
    keytool(
        "-gencert",
        "-alias",
        "ca",
        "-infile",
        request.toString(),
        "-outfile",
        certificate.toString(),
        "-rfc",
        "-startdate",
        "-3d",
        "-validity",
        "1",
        "-ext",
        "san=ip:127.0.0.1",
        "-keystore",
        at,
        "-storepass",
        PASSWORD);
    KeyStore keys = read(store);
    pem(authority, "CERTIFICATE", keys.getCertificate("ca").getEncoded());
    return new TestCertificates(
        certificate,
        pem(
            folder.resolve("expired.key"),
            "PRIVATE KEY",
            keys.getKey("one", PASSWORD.toCharArray()).getEncoded()));
  }

  private static KeyStore read(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static void makeKey(Path store, String alias, String commonName, String extension)
      throws IOException, InterruptedException {
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-dname",
        "CN=" + commonName + ",O=Test",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-validity",
        "2",
        "-ext",
        extension,
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD);
  }

  private static Path pem(Path file, String kind, byte[] der) throws IOException {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, base64, kind));
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new java.util.ArrayList<>(List.of(tool.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("keytool failed");
    }
  }
}
