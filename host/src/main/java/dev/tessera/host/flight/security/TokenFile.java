package dev.tessera.host.flight.security;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Principals from a file of {@link TokenLine}s, with comments after {@code #}. It holds hashes
 * only, and is read again when it changes.
 */
public final class TokenFile implements CredentialSource {

  private final WatchedFile<List<TokenLine>> lines;

  /**
   * Reads the file.
   *
   * @throws PluginException if it cannot be read or a line is wrong, with the line's number
   */
  public TokenFile(Path file) {
    lines = new WatchedFile<>(file, text -> parse(file, text));
  }

  @Override
  public Optional<Principal> find(Credentials credentials) throws UnknownCaller {
    TokenLine found = null;
    if (credentials.bearer().isPresent()) {
      byte[] shown = TokenLine.hash(credentials.bearer().get());
      for (TokenLine line : lines.value()) {
        // all lines, each in the same time: how long it takes tells nothing
        if (MessageDigest.isEqual(shown, line.hash().orElse(new byte[0]))) {
          found = line;
        }
      }
    } else if (credentials.certificate().isPresent()) {
      for (TokenLine line : lines.value()) {
        if (line.hash().isEmpty()
            && line.principal().name().equals(credentials.certificate().get())) {
          found = line;
        }
      }
    }
    if (found == null) {
      return Optional.empty();
    }
    if (found.expires().isPresent() && !Instant.now().isBefore(found.expires().get())) {
      throw new UnknownCaller("the token has expired: ask whoever runs the server for a new one");
    }
    return Optional.of(found.principal());
  }

  private static List<TokenLine> parse(Path file, String text) {
    List<TokenLine> parsed = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String content = line.contains("#") ? line.substring(0, line.indexOf('#')) : line;
      if (content.isBlank()) {
        continue;
      }
      try {
        parsed.add(TokenLine.parse(content));
      } catch (IllegalArgumentException e) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG, "%s line %d: %s".formatted(file, number, e.getMessage()), e);
      }
    }
    return parsed;
  }
}
