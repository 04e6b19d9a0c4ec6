package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.ClientSecurity;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client says when no encrypted connection comes about, over real handshakes. */
@Timeout(120)
class TlsFaultTest {

  @TempDir static Path folder;

  private static TestCertificates server;
  private static TestCertificates stranger;

  @BeforeAll
  static void makeCertificates() throws Exception {
    server = TestCertificates.make(folder, "server");
    stranger = TestCertificates.make(folder, "stranger");
  }

  @Test
  void anAuthorityThatIsNotTrusted() {
    assertFails(server, trusting(stranger.certificate()))
        .hasMessageEndingWith(
            "not signed by an authority in %s: give its authority's with --ca",
            stranger.certificate());
    assertFails(server, ClientSecurity.NONE)
        .hasMessageEndingWith(
            "not signed by an authority that Java trusts: give its authority's with --ca");
  }

  @Test
  void anotherName() throws Exception {
    TestCertificates elsewhere =
        TestCertificates.make(folder, "elsewhere", "san=dns:elsewhere.example");
    assertFails(elsewhere, trusting(elsewhere.certificate()))
        .hasMessageEndingWith(
            "certificate is not for the name 127.0.0.1: call the server by a name that it has");
  }

  @Test
  void aCertificateThatHasExpired() throws Exception {
    Path authority = folder.resolve("authority.pem");
    TestCertificates old = TestCertificates.expired(folder, authority);
    assertFails(old, trusting(authority))
        .hasMessageEndingWith("the server's certificate has expired: it needs a new one");
  }

  @Test
  void aServerThatWantsAClientsCertificate() {
    ServerOptions wants = options(server, Optional.of(server.certificate()));
    assertFails(wants, trusting(server.certificate()))
        .hasMessageEndingWith("wants a certificate of the client: give --cert and --key");
    ClientSecurity other =
        new ClientSecurity(
            Optional.of(server.certificate()),
            Optional.of(stranger.certificate()),
            Optional.of(stranger.key()),
            Optional.empty());
    assertFails(wants, other)
        .hasMessageEndingWith(
            "does not take the certificate %s: give one with --cert and --key that its --client-ca has signed",
            stranger.certificate());
  }

  @Test
  void aServerThatDoesNotEncrypt() {
    ServerOptions plain =
        new ServerOptions(Optional.empty(), Authentication.open(), CallLimits.DEFAULT, List.of());
    assertFails(plain, trusting(server.certificate()))
        .hasMessageContaining("the server does not encrypt: use grpc://127.0.0.1:");
  }

  private static AbstractThrowableAssert<?, PluginException> assertFails(
      TestCertificates certificates, ClientSecurity security) {
    return assertFails(options(certificates, Optional.empty()), security);
  }

  private static AbstractThrowableAssert<?, PluginException> assertFails(
      ServerOptions options, ClientSecurity security) {
    try (ServerUnderTest tested = new ServerUnderTest(100, 4, options);
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(
                new ServerAddress(ServerUnderTest.HOST, tested.server.port(), true),
                security,
                tested.clientMemory)) {
      PluginException failure = catchThrowableOfType(PluginException.class, client::list);
      assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(EmbeddingFlightClient.isPassing(failure)).isFalse();
      return assertThat(failure)
          .hasMessageStartingWith("no encrypted connection to grpc+tls://")
          .hasMessageNotContaining("OpenSsl");
    }
  }

  private static ServerOptions options(TestCertificates certificates, Optional<Path> clientCa) {
    return new ServerOptions(
        Optional.of(new TlsFiles(certificates.certificate(), certificates.key(), clientCa)),
        Authentication.open(),
        CallLimits.DEFAULT,
        List.of());
  }

  private static ClientSecurity trusting(Path authorities) {
    return new ClientSecurity(
        Optional.of(authorities), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
