package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.fetch.ClientIdFile;
import dev.tessera.host.fetch.EmbeddingFetch;
import dev.tessera.host.fetch.FetchEffort;
import io.grpc.Context;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera fetch}. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description = {
      "Fetches an embedding from a server into a file; without NAME, lists what the server has.",
      "",
      "The file's ending says the format. FILE.npy is float32 [clients, dimension], and the ids lie"
          + " beside it in FILE_client_ids.npy (int64). FILE.parquet and FILE.arrow have the columns"
          + " client_id and embedding. With --clients, rows come in the list's order, repeats"
          + " included; a client that the server does not know is a row of NaN in .npy and a null"
          + " in .parquet and .arrow. The file appears only when all of it has come."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera fetch grpc://127.0.0.1:8815",
      "  tessera fetch grpc://127.0.0.1:8815 profile --out profile.parquet",
      "  tessera fetch grpc://127.0.0.1:8815 profile --clients ids.txt --out some.npy",
      "  tessera fetch grpc://127.0.0.1:8815 profile --out profile.npy --retries 6 --streams 4",
      "  tessera fetch grpc://127.0.0.1:8815 profiles --at-version 1 --out first.npy",
      "  tessera fetch grpc+tls://HOST:8815 --ca ca.pem --token-file token.txt"
    })
final class FetchCommand implements Callable<Integer> {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** Logs a stack trace for a host without an address, of which our own line says all. */
  private static final Logger CHANNEL = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

  @Parameters(
      index = "0",
      paramLabel = "SERVER",
      description = "As grpc://HOST:PORT or grpc+tls://HOST:PORT.")
  private String server;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The embedding.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--clients",
      paramLabel = "FILE",
      description = "Client ids: .npy (int64), or text with one a line. All clients if not given.")
  private Optional<Path> clients = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the rows go: .npy, .parquet or .arrow.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--at-version",
      paramLabel = "N",
      description = "A published version by its number. The default one if not given.")
  private Optional<Integer> atVersion = Optional.empty();

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      description =
          "The published version that was the default then, such as 2026-11-24T10:00:00Z.")
  private Optional<String> asOf = Optional.empty();

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "How often to try again, after 1, 2, 4 ... s, if the server is away or cuts a stream"
              + " (default: ${DEFAULT-VALUE}).")
  private int retries;

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "How many parts of a large .npy to read side by side (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Mixin private ClientSecurityOptions security;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CHANNEL.setLevel(Level.OFF);
    FetchEffort effort = new FetchEffort(retries, streams, FIRST_PAUSE);
    ServerAddress address = ServerAddress.parse(server);
    if (atVersion.isPresent() && asOf.isPresent()) {
      throw wrong("--at-version and --as-of exclude each other");
    }
    if (name.isEmpty() && (atVersion.isPresent() || asOf.isPresent())) {
      throw wrong("--at-version and --as-of choose a version of an EMBEDDING: name it");
    }
    Optional<EmbeddingRequest> request = name.map(this::request);
    file.ifPresent(target -> OutputFile.require("--out", target));
    try (Interruption interruption = new Interruption();
        Context.CancellableContext calls = Context.current().withCancellation()) {
      interruption.onRequest(() -> calls.cancel(null));
      calls.run(() -> fetch(address, request, effort));
    }
    return 0;
  }

  private void fetch(
      ServerAddress address, Optional<EmbeddingRequest> request, FetchEffort effort) {
    PrintWriter out = spec.commandLine().getOut();
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE);
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(address, security.read(), memory.work())) {
      if (request.isEmpty()) {
        list(client, out);
      } else {
        Path target = file.orElseThrow(FetchCommand::noFile);
        Optional<long[]> ids = clients.map(ClientIdFile::read);
        EmbeddingFetch.Result result =
            new EmbeddingFetch(client, memory.work(), Displays.standardError(), effort)
                .fetch(request.get(), ids, target);
        out.printf("%s: %,d clients%s%n", target, result.rows(), unknown(result.unknown()));
      }
      out.flush();
    }
  }

  private EmbeddingRequest request(String embedding) {
    EmbeddingRequest newest = EmbeddingRequest.whole(embedding);
    return atVersion
        .map(newest::version)
        .or(() -> asOf.map(FetchCommand::time).map(newest::asOf))
        .orElse(newest);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw wrong("--as-of wants a time such as 2026-11-24T10:00:00Z, found '%s'".formatted(text));
    }
  }

  private static void list(EmbeddingFlightClient client, PrintWriter out) {
    TextTable table = new TextTable("embedding", "dimension", "clients", "MB");
    for (EmbeddingInfo info : client.list()) {
      table.row(
          info.name(),
          String.valueOf(info.dimension()),
          "%,d".formatted(info.rows()),
          "%,.1f".formatted(info.bytes() / 1e6));
    }
    table.print(out);
  }

  private static String unknown(long count) {
    return count == 0 ? "" : ", %,d of them unknown to the server".formatted(count);
  }

  private static PluginException noFile() {
    return wrong("wanted --out FILE.npy, FILE.parquet or FILE.arrow");
  }

  private static PluginException wrong(String message) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message);
  }
}
