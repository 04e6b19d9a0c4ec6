package dev.tessera.host.flight.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Principals from signed JWTs. The claims {@code sub}, {@code exp}, {@code iss} and {@code aud}
 * must be there and right, {@code nbf} right if it is there. {@code sub} is the name; {@code
 * tessera_rights}, a list or a text with blanks between, the grants; {@code tessera_streams} and
 * {@code tessera_rows} are limits. The algorithms are pinned: what the token says of its own counts
 * for nothing.
 */
public final class JwtTokens implements CredentialSource {

  private static final Set<JWSAlgorithm> BY_PUBLIC_KEY =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);
  private static final Set<JWSAlgorithm> BY_SECRET = Set.of(JWSAlgorithm.HS256);

  private static final int LEAST_SECRET_BYTES = 32;

  /** How far the clocks of issuer and server may be apart. */
  private static final int CLOCK_SKEW_SECONDS = 5;

  private final WatchedFile<DefaultJWTProcessor<SecurityContext>> processor;

  private JwtTokens(WatchedFile<DefaultJWTProcessor<SecurityContext>> processor) {
    this.processor = processor;
  }

  /**
   * Tokens signed by RS256, PS256 or ES256 with a key of a JWKS file.
   *
   * @throws PluginException if the file cannot be read or has no key
   */
  public static JwtTokens byKeySet(Path jwks, String issuer, String audience) {
    return new JwtTokens(
        new WatchedFile<>(
            jwks, text -> processor(keys(jwks, text), BY_PUBLIC_KEY, issuer, audience)));
  }

  /**
   * Tokens signed by HS256 with a shared secret, the file's text without blanks around it.
   *
   * @throws PluginException if the file cannot be read or holds fewer than 32 bytes
   */
  public static JwtTokens bySecret(Path file, String issuer, String audience) {
    return new JwtTokens(
        new WatchedFile<>(
            file, text -> processor(secret(file, text), BY_SECRET, issuer, audience)));
  }

  @Override
  public Optional<Principal> find(Credentials credentials) throws UnknownCaller {
    SignedJWT token;
    try {
      token = SignedJWT.parse(credentials.bearer().orElse(""));
    } catch (ParseException e) {
      return Optional.empty();
    }
    try {
      return Optional.of(principal(processor.value().process(token, null)));
    } catch (BadJWTException e) {
      throw new UnknownCaller("the token does not hold here: " + e.getMessage());
    } catch (BadJOSEException | JOSEException e) {
      throw new UnknownCaller(
          "the token's signature, key or algorithm is none that this server takes");
    } catch (ParseException | IllegalArgumentException e) {
      throw new UnknownCaller(
          "a claim of the token is wrong: tessera_rights wants read:NAME and write:NAME,"
              + " tessera_streams and tessera_rows whole numbers");
    }
  }

  private static Principal principal(JWTClaimsSet claims) throws ParseException {
    List<Grant> grants = new ArrayList<>();
    Object rights = claims.getClaim("tessera_rights");
    List<String> written =
        rights instanceof String text
            ? List.of(text.strip().split("\\s+"))
            : Optional.ofNullable(claims.getStringListClaim("tessera_rights")).orElse(List.of());
    written.forEach(grant -> grants.add(Grant.parse(grant)));
    Integer streams = claims.getIntegerClaim("tessera_streams");
    Long rows = claims.getLongClaim("tessera_rows");
    return new Principal(
        claims.getSubject(),
        grants,
        streams == null ? OptionalInt.empty() : OptionalInt.of(streams),
        rows == null ? OptionalLong.empty() : OptionalLong.of(rows));
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      JWKSource<SecurityContext> keys,
      Set<JWSAlgorithm> algorithms,
      String issuer,
      String audience) {
    DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
    made.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
    made.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            audience,
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("sub", "exp", "iss", "aud"));
    claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
    made.setJWTClaimsSetVerifier(claims);
    return made;
  }

  private static JWKSource<SecurityContext> keys(Path file, String text) {
    try {
      JWKSet keys = JWKSet.parse(text);
      if (!keys.getKeys().isEmpty()) {
        return new ImmutableJWKSet<>(keys.toPublicJWKSet());
      }
    } catch (ParseException e) {
      throw invalid("--jwks wants a JSON Web Key Set, %s is none".formatted(file), e);
    }
    throw invalid("--jwks wants a JSON Web Key Set with a key, %s has none".formatted(file), null);
  }

  private static JWKSource<SecurityContext> secret(Path file, String text) {
    byte[] secret = text.strip().getBytes(StandardCharsets.UTF_8);
    if (secret.length < LEAST_SECRET_BYTES) {
      throw invalid(
          "--jwt-secret-file wants at least %d bytes, %s has %d"
              .formatted(LEAST_SECRET_BYTES, file, secret.length),
          null);
    }
    return new ImmutableSecret<>(secret);
  }

  private static PluginException invalid(String message, Exception cause) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message, cause);
  }
}
