package dev.tessera.host.flight.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtTokensTest {

  private static final String ISSUER = "https://login.example";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private static RSAKey rsa;
  private static ECKey ec;

  @TempDir Path folder;

  @BeforeAll
  static void makeKeys() throws JOSEException {
    rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
  }

  @Test
  void readsNameRightsAndLimitsOfATokenSignedByAKeyOfTheSet() throws Exception {
    JWTClaimsSet claims =
        good()
            .claim("tessera_rights", List.of("read:profile", "write:als_*"))
            .claim("tessera_streams", 2)
            .claim("tessera_rows", 5_000_000_000L)
            .build();
    for (String token :
        List.of(
            signed(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), claims),
            signed(JWSAlgorithm.PS256, "r", new RSASSASigner(rsa), claims),
            signed(JWSAlgorithm.ES256, "e", new ECDSASigner(ec), claims))) {
      Principal caller = find(byKeySet(), token).orElseThrow();
      assertThat(caller.name()).isEqualTo("alice");
      assertThat(caller.may(Right.READ, "profile")).isTrue();
      assertThat(caller.may(Right.WRITE, "als_64")).isTrue();
      assertThat(caller.may(Right.READ, "als_64")).isFalse();
      assertThat(caller.maxStreams()).hasValue(2);
      assertThat(caller.maxRows()).hasValue(5_000_000_000L);
    }
  }

  @Test
  void takesTokensByASharedSecretAndRightsAsText() throws Exception {
    JWTClaimsSet claims = good().claim("tessera_rights", "read:profile read:als_*").build();
    String token = signed(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims);
    assertThat(find(bySecret(), token).orElseThrow().may(Right.READ, "als_64")).isTrue();
  }

  @Test
  void aTokenWithoutRightsMayNothing() throws Exception {
    String token = signed(JWSAlgorithm.HS256, null, new MACSigner(SECRET), good().build());
    assertThat(find(bySecret(), token).orElseThrow().grants()).isEmpty();
  }

  @Test
  void refusesClaimsThatDoNotHold() throws Exception {
    Date past = Date.from(Instant.now().minusSeconds(60));
    Date future = Date.from(Instant.now().plusSeconds(60));
    refuses(good().expirationTime(past), "Expired");
    refuses(good().expirationTime(null), "exp");
    refuses(good().notBeforeTime(future), "before");
    refuses(good().issuer("https://other.example"), "iss");
    refuses(good().issuer(null), "iss");
    refuses(good().audience("other"), "aud");
    refuses(good().audience((String) null), "aud");
    refuses(good().subject(null), "sub");
    refuses(good().claim("tessera_rights", List.of("all:*")), "tessera_rights");
    refuses(good().claim("tessera_rows", "many"), "tessera_rows");
  }

  @Test
  void refusesOtherKeysAndAlgorithmsThanThePinnedOnes() throws Exception {
    JWTClaimsSet claims = good().build();
    JwtTokens keySet = byKeySet();
    RSAKey strange = new RSAKeyGenerator(2048).keyID("r").generate();
    byte[] publicKey = rsa.toPublicJWK().toRSAPublicKey().getEncoded();
    for (String token :
        List.of(
            signed(JWSAlgorithm.RS256, "r", new RSASSASigner(strange), claims),
            signed(JWSAlgorithm.RS512, "r", new RSASSASigner(rsa), claims),
            // the old trick: the public key taken for a shared secret
            signed(JWSAlgorithm.HS256, "r", new MACSigner(publicKey), claims),
            signed(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims))) {
      assertThatThrownBy(() -> find(keySet, token))
          .isInstanceOf(UnknownCaller.class)
          .hasMessageContaining("signature, key or algorithm")
          .message()
          .doesNotContain(token);
    }
    // unsigned: no JWT at all in our eyes
    assertThat(find(keySet, new PlainJWT(claims).serialize())).isEmpty();
    assertThat(find(keySet, "no.jwt.either")).isEmpty();
    String signed = signed(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), claims);
    assertThatThrownBy(() -> find(bySecret(), signed)).isInstanceOf(UnknownCaller.class);
  }

  @Test
  void refusesASecretThatIsTooShortAndFilesThatAreNoKeySet() throws Exception {
    Path file = Files.writeString(folder.resolve("short"), "hunter2-hunter2\n");
    assertThatThrownBy(() -> JwtTokens.bySecret(file, ISSUER, "tessera"))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("at least 32 bytes")
        .message()
        .doesNotContain("hunter2");
    for (String text : List.of("hunter2", "{}", "{\"keys\": []}")) {
      Path bad = Files.writeString(folder.resolve("bad"), text);
      assertThatThrownBy(() -> JwtTokens.byKeySet(bad, ISSUER, "tessera"))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("--jwks wants a JSON Web Key Set");
    }
  }

  private void refuses(JWTClaimsSet.Builder claims, String why) throws Exception {
    String token = signed(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims.build());
    JwtTokens tokens = bySecret();
    assertThatThrownBy(() -> find(tokens, token))
        .isInstanceOf(UnknownCaller.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain(token);
  }

  private static JWTClaimsSet.Builder good() {
    return new JWTClaimsSet.Builder()
        .subject("alice")
        .issuer(ISSUER)
        .audience("tessera")
        .expirationTime(Date.from(Instant.now().plusSeconds(60)));
  }

  private static String signed(
      JWSAlgorithm algorithm, String key, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key).build(), claims);
    token.sign(signer);
    return token.serialize();
  }

  private static Optional<Principal> find(JwtTokens tokens, String token) throws UnknownCaller {
    return tokens.find(new Credentials(Optional.of(token), Optional.empty()));
  }

  private JwtTokens byKeySet() throws IOException {
    String keys = new JWKSet(List.of(rsa, ec)).toString();
    return JwtTokens.byKeySet(
        Files.writeString(folder.resolve("keys.json"), keys), ISSUER, "tessera");
  }

  private JwtTokens bySecret() throws IOException {
    Path file = folder.resolve("secret");
    Files.write(file, (SECRET + "\n").getBytes(StandardCharsets.US_ASCII));
    return JwtTokens.bySecret(file, ISSUER, "tessera");
  }
}
