package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tessera.api.PluginException;
import dev.tessera.client.ClientSecurity;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.host.fetch.EmbeddingFetch;
import dev.tessera.host.fetch.FetchEffort;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.CredentialSource;
import dev.tessera.host.flight.security.JwtTokens;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JWTs over real connections: what a client that shows one may do, and what it is told. */
@Timeout(120)
class JwtServingTest {

  private static final String ISSUER = "https://login.example";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void aTokenSignedByTheSharedSecretReadsWhatItsRightsSay() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.txt"), SECRET + "\n");
    try (ServerUnderTest tested = serve(JwtTokens.bySecret(file, ISSUER, "tessera"))) {
      mayReadStatsAlone(tested, signed(JWSAlgorithm.HS256, new MACSigner(SECRET), good()));
    }
  }

  @Test
  void aTokenSignedByAKeyOfTheSetDoesTooAndKeysComeAndGoWithTheFile() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    ECKey next = new ECKeyGenerator(Curve.P_256).keyID("two").generate();
    Path file = folder.resolve("jwks.json");
    Files.writeString(file, new JWKSet(key.toPublicJWK()).toString());
    try (ServerUnderTest tested = serve(JwtTokens.byKeySet(file, ISSUER, "tessera"))) {
      mayReadStatsAlone(tested, signed(JWSAlgorithm.ES256, "one", new ECDSASigner(key), good()));
      String bySecond = signed(JWSAlgorithm.ES256, "two", new ECDSASigner(next), good());
      refused(tested, bySecond, "signature, key or algorithm is none that this server takes");
      Files.writeString(file, new JWKSet(List.of(next.toPublicJWK())).toString() + "\n");
      Eventually.holds(
          () -> {
            try (EmbeddingFlightClient client = client(tested, bySecond)) {
              assertThat(client.list()).hasSize(1);
            } catch (PluginException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @Test
  void whatDoesNotHoldIsUnauthenticatedAndSaysWhyButNotTheToken() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.txt"), SECRET);
    try (ServerUnderTest tested = serve(JwtTokens.bySecret(file, ISSUER, "tessera"))) {
      Date past = Date.from(Instant.now().minusSeconds(60));
      MACSigner signer = new MACSigner(SECRET);
      refused(tested, signed(JWSAlgorithm.HS256, signer, good().expirationTime(past)), "Expired");
      refused(tested, signed(JWSAlgorithm.HS256, signer, good().audience("other")), "aud");
      refused(tested, signed(JWSAlgorithm.HS256, signer, good().issuer("https://evil")), "iss");
      MACSigner stranger = new MACSigner("x".repeat(32));
      refused(tested, signed(JWSAlgorithm.HS256, stranger, good()), "signature");
    }
  }

  @Test
  void aRefusedTokenIsNotTriedAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.txt"), SECRET);
    String expired =
        signed(
            JWSAlgorithm.HS256,
            new MACSigner(SECRET),
            good().expirationTime(Date.from(Instant.now().minusSeconds(60))));
    try (ServerUnderTest tested = serve(JwtTokens.bySecret(file, ISSUER, "tessera"));
        EmbeddingFlightClient client = client(tested, expired)) {
      List<String> lines = new ArrayList<>();
      FetchEffort effort = new FetchEffort(3, 2, Duration.ofMillis(1));
      assertThatThrownBy(() -> effort.run(() -> client.info("stats"), lines::add))
          .hasMessageContaining("Expired");
      assertThat(lines).as("what is told of tries").isEmpty();
      assertThatThrownBy(
              () ->
                  new EmbeddingFetch(client, tested.clientMemory, ProgressDisplay.silent(), effort)
                      .fetch(
                          EmbeddingRequest.whole("stats"),
                          Optional.empty(),
                          folder.resolve("stats.npy")))
          .hasMessageContaining("Expired");
    }
  }

  private static void mayReadStatsAlone(ServerUnderTest tested, String token) {
    try (EmbeddingFlightClient client = client(tested, token)) {
      assertThat(client.list()).extracting(EmbeddingInfo::name).containsExactly("stats");
      long[] rows = {0};
      client.readAll(client.info("stats"), batch -> rows[0] += batch.size());
      assertThat(rows[0]).isPositive();
      assertThatThrownBy(() -> client.lookUp("profile", new long[] {1}, batch -> {}))
          .hasMessageContaining("alice may not read 'profile'");
    }
  }

  private static void refused(ServerUnderTest tested, String token, String why) {
    try (EmbeddingFlightClient client = client(tested, token)) {
      assertThatThrownBy(client::list)
          .isInstanceOf(PluginException.class)
          .hasMessageContaining(why)
          .hasMessageNotContaining(token)
          .cause()
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNAUTHENTICATED));
    }
  }

  private static ServerUnderTest serve(CredentialSource tokens) {
    return new ServerUnderTest(
        20_000,
        16,
        new ServerOptions(
            Optional.empty(), Authentication.by(List.of(tokens)), CallLimits.DEFAULT, List.of()));
  }

  private static EmbeddingFlightClient client(ServerUnderTest tested, String token) {
    return new EmbeddingFlightClient(
        tested.address(),
        new ClientSecurity(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(token)),
        tested.clientMemory);
  }

  private static JWTClaimsSet.Builder good() {
    return new JWTClaimsSet.Builder()
        .subject("alice")
        .issuer(ISSUER)
        .audience("tessera")
        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
        .claim("tessera_rights", List.of("read:stats"));
  }

  private static String signed(
      JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(algorithm, null, signer, claims);
  }

  private static String signed(
      JWSAlgorithm algorithm, String key, JWSSigner signer, JWTClaimsSet.Builder claims)
      throws JOSEException {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key).build(), claims.build());
    token.sign(signer);
    return token.serialize();
  }
}
