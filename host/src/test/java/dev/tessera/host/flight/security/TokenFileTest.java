package dev.tessera.host.flight.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {

  private static final Principal ALICE =
      new Principal(
          "alice",
          List.of(Grant.parse("read:profile"), Grant.parse("write:als_*")),
          OptionalInt.of(3),
          OptionalLong.of(100));

  private final String secret = TokenLine.newSecret();

  @TempDir Path folder;

  @Test
  void findsThePrincipalOfATokenAndOfNoOther() throws Exception {
    TokenFile file = file("# who\n\n" + line(Optional.empty()) + " # since May\n");
    assertThat(file.find(bearer(secret))).contains(ALICE);
    assertThat(file.find(bearer(TokenLine.newSecret()))).isEmpty();
    assertThat(file.find(new Credentials(Optional.empty(), Optional.of("alice")))).isEmpty();
  }

  @Test
  void findsThePrincipalOfACertificate() throws Exception {
    TokenFile file = file("nightly cert read:*,write:*\n");
    Credentials nightly = new Credentials(Optional.empty(), Optional.of("nightly"));
    assertThat(file.find(nightly).orElseThrow().may(Right.WRITE, "any/thing")).isTrue();
    // a token that is shown counts, and not the certificate beside it
    assertThat(file.find(new Credentials(Optional.of("wrong"), Optional.of("nightly")))).isEmpty();
  }

  @Test
  void anExpiredTokenIsRefusedAsSuch() throws Exception {
    TokenFile file = file(line(Optional.of(Instant.now().minusSeconds(1))));
    assertThatThrownBy(() -> file.find(bearer(secret)))
        .isInstanceOf(UnknownCaller.class)
        .hasMessageContaining("expired");
    TokenFile good = file(line(Optional.of(Instant.now().plusSeconds(60))));
    assertThat(good.find(bearer(secret))).contains(ALICE);
  }

  @Test
  void aTokenThatIsTakenAwayIsNoLongerGood() throws Exception {
    Path path = folder.resolve("tokens.txt");
    Files.writeString(path, line(Optional.empty()));
    TokenFile file = new TokenFile(path);
    assertThat(file.find(bearer(secret))).isPresent();
    Files.writeString(path, "# nobody\n");
    Instant end = Instant.now().plusSeconds(30);
    while (file.find(bearer(secret)).isPresent() && Instant.now().isBefore(end)) {
      Thread.sleep(50);
    }
    assertThat(file.find(bearer(secret))).isEmpty();
  }

  @Test
  void aWrongLineIsNamedByItsNumberAndNeverRepeated() {
    for (String wrong :
        List.of(
            "alice " + secret + " read:*",
            "alice",
            "a/b cert read:*",
            "alice cert reads:*",
            "alice cert read:* streams=many",
            "alice cert read:* color=red",
            "alice cert read:* expires=tomorrow")) {
      assertThatThrownBy(() -> file("# comment\n" + wrong))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("tokens.txt line 2: ")
          .message()
          .doesNotContain(secret);
    }
  }

  @Test
  void wildcardsStandForAnyCharactersAndNothingElseDoes() {
    Principal one = new Principal("x", List.of(Grant.parse("read:run/als_*.v1")));
    assertThat(one.may(Right.READ, "run/als_buy/more.v1")).isTrue();
    assertThat(one.may(Right.READ, "run/als_.v1")).isTrue();
    assertThat(one.may(Right.READ, "run/als_buyxv1")).isFalse();
    assertThat(one.may(Right.READ, "xrun/als_.v1")).isFalse();
    assertThat(one.may(Right.WRITE, "run/als_.v1")).isFalse();
  }

  @Test
  void credentialsPrintNoSecret() {
    assertThat(bearer(secret).toString()).doesNotContain(secret);
  }

  private String line(Optional<Instant> expires) {
    return TokenLine.of(ALICE, secret, expires).toString();
  }

  private TokenFile file(String text) throws IOException {
    return new TokenFile(Files.writeString(folder.resolve("tokens.txt"), text));
  }

  private static Credentials bearer(String token) {
    return new Credentials(Optional.of(token), Optional.empty());
  }
}
