package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tessera.api.Npy;
import dev.tessera.dist.Installation.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that wants client certificates and JWTs, and `tessera fetch`, each in its own JVM. */
class GuardedHostIT {

  private static final String ISSUER = "https://login.example";

  @TempDir static Path work;

  private static Installation tessera;
  private static PemFiles own;
  private static PemFiles shop;
  private static ECKey key;
  private static Process server;
  private static String address;

  @BeforeAll
  static void publishAndServe() throws Exception {
    tessera = new Installation(work);
    own = PemFiles.make(tessera, work, "server");
    shop = PemFiles.make(tessera, work, "shop");
    key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    Files.writeString(work.resolve("jwks.json"), new JWKSet(key.toPublicJWK()).toString());
    Files.writeString(work.resolve("small.yaml"), "steps:\n  stats: {plugin: stats}\n");
    run("data", "synth", "data", "--clients", "200");
    run("run", "small.yaml", "--data", "data", "--out", "small", "--workspace", "ws");
    run("publish", "small", "--as", "profiles", "--store", "store");
    Path log = work.resolve("serve.txt");
    server =
        tessera.start(
            log,
            "serve",
            "--store",
            "store",
            "--port",
            "0",
            "--tls-cert",
            own.certificate().toString(),
            "--tls-key",
            own.key().toString(),
            "--client-ca",
            shop.certificate().toString(),
            "--jwks",
            "jwks.json",
            "--jwt-issuer",
            ISSUER);
    address = ServedRun.address(log, server);
    assertThat(address).startsWith("grpc+tls://");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      server.destroy();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aGoodCertificateAndTokenFetch() throws Exception {
    Ended fetched = fetch(shop, token("read:profiles", 600), "fetched.npy");
    assertThat(fetched.code()).as(fetched.out()).isZero();
    assertThat(Npy.header(work.resolve("fetched.npy")).shape()).containsExactly(200, 37);
  }

  @Test
  void anExpiredTokenAndAMissingRightAreToldAtOnceAndNotTriedAgain() throws Exception {
    refused(fetch(shop, token("read:profiles", -600), "expired.npy"), "Expired");
    refused(fetch(shop, token("read:other", 600), "other.npy"), "may not read 'profiles'");
  }

  @Test
  void aStrangersCertificateMakesNoConnection() throws Exception {
    Ended refused = fetch(own, token("read:profiles", 600), "stranger.npy");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(work.resolve("stranger.npy")).doesNotExist();
  }

  private static void refused(Ended ended, String why) {
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.lines()).hasSize(1);
    assertThat(ended.out()).contains(why).doesNotContain("trying again");
  }

  private static Ended fetch(PemFiles shown, String token, String file) throws Exception {
    Path tokenFile = Files.writeString(work.resolve(file + ".token"), token);
    List<String> words = new ArrayList<>(List.of("fetch", address, "profiles", "--out", file));
    words.addAll(List.of("--ca", own.certificate().toString()));
    words.addAll(List.of("--cert", shown.certificate().toString()));
    words.addAll(List.of("--key", shown.key().toString()));
    words.addAll(List.of("--token-file", tokenFile.toString(), "--retries", "1"));
    return tessera.run(words.toArray(String[]::new));
  }

  private static String token(String rights, long secondsLeft) throws Exception {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .subject("shop")
            .issuer(ISSUER)
            .audience("tessera")
            .expirationTime(Date.from(Instant.now().plusSeconds(secondsLeft)))
            .claim("tessera_rights", List.of(rights))
            .build();
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("one").build(), claims);
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }

  private static void run(String... arguments) throws Exception {
    Ended ended = tessera.run(arguments);
    assertThat(ended.code()).as(ended.out()).isZero();
  }
}
