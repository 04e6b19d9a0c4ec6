package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.ClientSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which a command shows a server who it is, and tells which servers it trusts. */
final class ClientSecurityOptions {

  /** Holds the token where there is no file; an option would show it to everyone on the machine. */
  private static final String TOKEN_VARIABLE = "TESSERA_TOKEN";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Holds the bearer token. Without it, the variable TESSERA_TOKEN if it is set.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of the authorities to trust with grpc+tls; those of Java if not given.")
  private Optional<Path> ca = Optional.empty();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Own certificate (PEM), for servers that want one.")
  private Optional<Path> certificate = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Its private key (PEM, PKCS#8, without a password).")
  private Optional<Path> key = Optional.empty();

  /**
   * What was chosen.
   *
   * @throws PluginException if it does not fit together or the token's file cannot be read
   */
  ClientSecurity read() {
    Optional<String> token =
        tokenFile.isPresent()
            ? tokenFile.map(ClientSecurityOptions::token)
            : Optional.ofNullable(System.getenv(TOKEN_VARIABLE)).map(String::strip);
    return new ClientSecurity(ca, certificate, key, token.filter(text -> !text.isEmpty()));
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, "--token-file cannot be read: " + file, e);
    }
  }
}
