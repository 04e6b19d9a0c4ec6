package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.security.Grant;
import dev.tessera.host.flight.security.Principal;
import dev.tessera.host.flight.security.Right;
import dev.tessera.host.flight.security.TokenFile;
import dev.tessera.host.flight.security.TokenLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera token}. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a token, adds its hash and its rights to a file for `tessera serve --tokens`, and"
          + " prints the token. It is nowhere else: who loses it needs another.",
      "",
      "To take a token back, delete its line; the server reads the file again when it changes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera token shop --tokens tokens.txt --read '*' > token.txt",
      "  tessera token nightly --tokens tokens.txt --read 'als_*' --write 'als_*' --days 90",
      "  tessera token guest --tokens tokens.txt --read profile --streams 2 --rows 10000"
    })
final class TokenCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Whom it stands for, in logs and limits.")
  private String name;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      required = true,
      description = "The file to add a line to; made if it does not exist.")
  private Path file;

  @Option(
      names = "--read",
      paramLabel = "EMBEDDING",
      description = "May read embeddings of this name, * for any characters. May be repeated.")
  private List<String> reads = new ArrayList<>();

  @Option(
      names = "--write",
      paramLabel = "EMBEDDING",
      description = "May put, publish and roll back embeddings of this name. May be repeated.")
  private List<String> writes = new ArrayList<>();

  @Option(names = "--streams", paramLabel = "N", description = "May have N streams open at once.")
  private Integer streams;

  @Option(names = "--rows", paramLabel = "N", description = "May have N rows in one request.")
  private Long rows;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "Is good for N days; for ever if not given.")
  private Integer days;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    String secret = TokenLine.newSecret();
    add(TokenLine.of(principal(), secret, expires()).toString());
    PrintWriter out = spec.commandLine().getOut();
    out.println(secret);
    out.flush();
    return 0;
  }

  private Principal principal() {
    if (!TokenLine.NAME.matcher(name).matches()) {
      throw wrong("a name has letters, digits, . _ @ and -, at most 64; was " + name);
    }
    if (reads.isEmpty() && writes.isEmpty()) {
      throw wrong("a token without rights is of no use: give --read or --write");
    }
    check("--streams", streams);
    check("--rows", rows);
    try {
      List<Grant> grants =
          Stream.concat(
                  reads.stream().map(embedding -> Grant.parse(Right.READ + ":" + embedding)),
                  writes.stream().map(embedding -> Grant.parse(Right.WRITE + ":" + embedding)))
              .toList();
      return new Principal(
          name,
          grants,
          streams == null ? OptionalInt.empty() : OptionalInt.of(streams),
          rows == null ? OptionalLong.empty() : OptionalLong.of(rows));
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private Optional<Instant> expires() {
    check("--days", days);
    return Optional.ofNullable(days)
        .map(n -> Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofDays(n)));
  }

  private void add(String line) {
    try {
      String before = "";
      if (Files.exists(file)) {
        new TokenFile(file); // a file that is none is left alone
        before = Files.readString(file);
      }
      String separator = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
      Path folder = file.toAbsolutePath().getParent();
      Path written = Files.createTempFile(folder, ".tokens", ".tmp", ownerOnly(folder));
      Files.writeString(written, before + separator + line + "\n");
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO, "cannot write %s (%s): no token was made".formatted(file, e), e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void check(String option, Number value) {
    if (value != null && value.longValue() < 1) {
      throw wrong("%s must be at least 1, was %d".formatted(option, value.longValue()));
    }
  }

  private static PluginException wrong(String message) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message);
  }
}
