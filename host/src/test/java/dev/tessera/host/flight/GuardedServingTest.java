package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.ClientSecurity;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.Grant;
import dev.tessera.host.flight.security.Principal;
import dev.tessera.host.flight.security.TlsFiles;
import dev.tessera.host.flight.security.TokenFile;
import dev.tessera.host.flight.security.TokenLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may reach what, over real connections. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
@Timeout(120)
class GuardedServingTest {

  private static final String SECRET = TokenLine.newSecret();

  @TempDir static Path folder;

  private static TestCertificates serverFiles;
  private static TestCertificates clientFiles;
  private static TestCertificates strangerFiles;

  @BeforeAll
  static void makeCertificates() throws Exception {
    serverFiles = TestCertificates.make(folder, "server");
    clientFiles = TestCertificates.make(folder, "alice");
    strangerFiles = TestCertificates.make(folder, "stranger");
  }

  @Test
  void anEncryptedServerIsReadByThoseWhoTrustItAndByNoOther() {
    try (ServerUnderTest tested = serve(tls(Optional.empty()), Authentication.open())) {
      try (EmbeddingFlightClient client =
          client(tested, trusting(Optional.empty(), Optional.empty()))) {
        assertThat(client.list()).extracting(EmbeddingInfo::name).contains("profile", "stats");
      }
      // the JDK's authorities have not signed it
      try (EmbeddingFlightClient client = client(tested, ClientSecurity.NONE)) {
        assertThatThrownBy(client::list)
            .isInstanceOf(PluginException.class)
            .hasMessageContaining("no encrypted connection to grpc+tls://")
            .hasMessageContaining("--ca");
      }
      // plaintext to an encrypted port
      assertThatThrownBy(tested.client::list)
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("is it encrypted? then use grpc+tls://");
    }
  }

  @Test
  void aRenewedCertificateIsShownWithoutARestart() throws Exception {
    Path own = folder.resolve("renewed.pem");
    Path key = folder.resolve("renewed.key");
    Files.copy(serverFiles.certificate(), own);
    Files.copy(serverFiles.key(), key);
    TlsFiles files = new TlsFiles(own, key, Optional.empty());
    try (ServerUnderTest tested = serve(Optional.of(files), Authentication.open());
        EmbeddingFlightClient before =
            client(tested, trusting(Optional.empty(), Optional.empty()))) {
      assertThat(before.list()).hasSize(2);
      Files.copy(clientFiles.certificate(), own, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(clientFiles.key(), key, StandardCopyOption.REPLACE_EXISTING);
      ClientSecurity trustsTheNewOne =
          new ClientSecurity(
              Optional.of(clientFiles.certificate()),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      Eventually.holds(
          () -> {
            try (EmbeddingFlightClient after = client(tested, trustsTheNewOne)) {
              assertThat(after.list()).hasSize(2);
            } catch (PluginException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(before.list()).as("open connections go on").hasSize(2);
    }
  }

  @Test
  void aServerThatWantsCertificatesTurnsClientsWithoutAGoodOneAway() {
    Authentication names =
        shown -> Principal.unrestricted(shown.certificate().orElseThrow(AssertionError::new));
    try (ServerUnderTest tested = serve(tls(Optional.of(clientFiles.certificate())), names)) {
      try (EmbeddingFlightClient alice =
          client(tested, trusting(Optional.of(clientFiles), Optional.empty()))) {
        assertThat(alice.info("profile").rows()).isEqualTo(20_000);
      }
      for (Optional<TestCertificates> shown :
          List.of(Optional.<TestCertificates>empty(), Optional.of(strangerFiles))) {
        try (EmbeddingFlightClient other = client(tested, trusting(shown, Optional.empty()))) {
          assertThatThrownBy(other::list)
              .isInstanceOfSatisfying(
                  PluginException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
      }
    }
  }

  @Test
  void aTokenReadsWhatItMayAndLearnsNothingOfTheRest() throws Exception {
    try (ServerUnderTest tested = serve(Optional.empty(), tokens("read:stats", "write:profile"));
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(
                tested.address(), token(Optional.of(SECRET)), tested.clientMemory)) {
      assertThat(client.list()).extracting(EmbeddingInfo::name).containsExactly("stats");
      client.readAll(client.info("stats"), rows -> {});
      // writing does not include reading, and what does not exist looks the same
      for (String name : List.of("profile", "secret-project")) {
        assertThatThrownBy(() -> client.info(name))
            .hasMessageContaining("alice may not read '%s'".formatted(name));
        assertThatThrownBy(() -> client.lookUp(name, new long[] {1}, rows -> {}))
            .hasMessageContaining("alice may not read '%s'".formatted(name));
      }
    }
  }

  @Test
  void withoutAGoodTokenThereIsNothingAndNoMessageRepeatsIt() throws Exception {
    try (ServerUnderTest tested = serve(Optional.empty(), tokens("read:*"))) {
      assertThatThrownBy(tested.client::list).hasMessageContaining("wants a token");
      String wrong = SECRET.substring(1) + "x";
      try (EmbeddingFlightClient client =
          new EmbeddingFlightClient(
              tested.address(), token(Optional.of(wrong)), tested.clientMemory)) {
        assertThatThrownBy(client::list)
            .hasMessageContaining("the token is not known here")
            .message()
            .doesNotContain(wrong);
      }
    }
  }

  @Test
  void everyMethodAsksForTheToken() throws Exception {
    try (ServerUnderTest tested = serve(Optional.empty(), tokens("read:*"));
        FlightClient plain =
            FlightClient.builder(
                    tested.clientMemory,
                    Location.forGrpcInsecure(ServerUnderTest.HOST, tested.server.port()))
                .build()) {
      FlightDescriptor descriptor = EmbeddingRequest.whole("profile").descriptor();
      List<Runnable> calls =
          List.of(
              () -> plain.getInfo(descriptor),
              () -> plain.getSchema(descriptor),
              () -> plain.listActions().forEach(action -> {}),
              () -> plain.doAction(new Action("health")).forEachRemaining(result -> {}),
              () -> plain.getStream(EmbeddingRequest.whole("profile").ticket()).next());
      for (Runnable call : calls) {
        assertThatThrownBy(call::run)
            .isInstanceOfSatisfying(
                FlightRuntimeException.class,
                e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNAUTHENTICATED));
      }
    }
  }

  @Test
  void aPrincipalHasItsNumberOfStreamsAndRows() throws Exception {
    Principal two =
        new Principal(
            "alice", List.of(Grant.parse("read:*")), OptionalInt.of(2), OptionalLong.of(15_000));
    try (ServerUnderTest tested = serve(Optional.empty(), tokens(two));
        FlightClient plain =
            FlightClient.builder(
                    tested.clientMemory,
                    Location.forGrpcInsecure(ServerUnderTest.HOST, tested.server.port()))
                .build()) {
      CallHeaders headers = new FlightCallHeaders();
      headers.insert("authorization", "Bearer " + SECRET);
      HeaderCallOption authorized = new HeaderCallOption(headers);
      // an exchange that waits for ids is an open stream
      List<FlightClient.ExchangeReaderWriter> open = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        open.add(plain.doExchange(EmbeddingRequest.whole("profile").descriptor(), authorized));
      }
      Eventually.holds(() -> assertThat(tested.server.openCalls()).isEqualTo(2));
      refusesStream(plain, authorized, "alice has 2 streams open and may have no more");
      for (FlightClient.ExchangeReaderWriter exchange : open) {
        exchange.getWriter().completed();
        exchange.close();
      }
      Eventually.holds(() -> assertThat(tested.server.openCalls()).isZero());
      refusesStream(plain, authorized, "20,000 rows in one request, alice may have 15,000");
    }
  }

  private static void refusesStream(FlightClient plain, HeaderCallOption option, String why)
      throws Exception {
    try (FlightStream stream =
        plain.getStream(EmbeddingRequest.whole("profile").ticket(), option)) {
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.RESOURCE_EXHAUSTED))
          .hasMessageContaining(why);
    }
  }

  @Test
  void aBadTlsFileIsNamedAndNothingOfAKeyIsSaid() throws IOException {
    Path none = folder.resolve("none.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "top secret");
    Stream.of(
            new TlsFiles(none, serverFiles.key(), Optional.empty()),
            new TlsFiles(text, serverFiles.key(), Optional.empty()),
            new TlsFiles(serverFiles.certificate(), none, Optional.empty()),
            new TlsFiles(serverFiles.certificate(), text, Optional.empty()),
            new TlsFiles(serverFiles.certificate(), clientFiles.key(), Optional.empty()),
            new TlsFiles(serverFiles.certificate(), serverFiles.key(), Optional.of(text)))
        .forEach(
            files ->
                assertThatThrownBy(
                        () ->
                            ServerTls.secure(
                                FlightServer.builder(),
                                Optional.of(files),
                                ServerUnderTest.HOST,
                                0))
                    .isInstanceOfSatisfying(
                        PluginException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                    .message()
                    .contains("--")
                    .doesNotContain("top secret"));
  }

  private static Authentication tokens(String... grants) throws IOException {
    return tokens(new Principal("alice", Stream.of(grants).map(Grant::parse).toList()));
  }

  private static Authentication tokens(Principal principal) throws IOException {
    String line = TokenLine.of(principal, SECRET, Optional.empty()).toString();
    Path file = Files.writeString(folder.resolve("tokens.txt"), line);
    return Authentication.by(List.of(new TokenFile(file)));
  }

  private static ServerUnderTest serve(Optional<TlsFiles> tls, Authentication authentication) {
    return new ServerUnderTest(
        20_000, 16, new ServerOptions(tls, authentication, CallLimits.DEFAULT, List.of()));
  }

  private static Optional<TlsFiles> tls(Optional<Path> clientCa) {
    return Optional.of(new TlsFiles(serverFiles.certificate(), serverFiles.key(), clientCa));
  }

  private static ClientSecurity trusting(Optional<TestCertificates> own, Optional<String> token) {
    return new ClientSecurity(
        Optional.of(serverFiles.certificate()),
        own.map(TestCertificates::certificate),
        own.map(TestCertificates::key),
        token);
  }

  private static ClientSecurity token(Optional<String> token) {
    return new ClientSecurity(Optional.empty(), Optional.empty(), Optional.empty(), token);
  }

  private static EmbeddingFlightClient client(ServerUnderTest tested, ClientSecurity security) {
    return new EmbeddingFlightClient(
        new ServerAddress(ServerUnderTest.HOST, tested.server.port(), true),
        security,
        tested.clientMemory);
  }
}
