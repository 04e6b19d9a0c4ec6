package dev.tessera.host.cli;

import dev.tessera.client.ServerAddress;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.cli.ObserveOptions.Observation;
import dev.tessera.host.flight.EmbeddingCatalog;
import dev.tessera.host.flight.EmbeddingFlightServer;
import dev.tessera.host.flight.EmbeddingLease;
import dev.tessera.host.flight.LiveCatalog;
import dev.tessera.host.flight.RunCatalog;
import dev.tessera.host.flight.ServedEmbedding;
import dev.tessera.host.flight.ServerOptions;
import dev.tessera.host.flight.StoreCatalog;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.security.Authentication;
import dev.tessera.host.flight.security.TlsFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Serves the embeddings of runs, and what is published in a store, over Arrow Flight until"
            + " Ctrl-C or SIGTERM. A single run's are named as its steps, several runs' as RUN/STEP;"
            + " what is published as NAME is NAME (the run's merge) and NAME/STEP, and what is"
            + " published, rolled back or retired meanwhile is served so within a second.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera serve runs/quick",
      "  tessera serve runs/monday runs/tuesday --port 9000",
      "  tessera serve --store store",
      "  tessera serve runs/quick --live",
      "  tessera serve --store store --live",
      "  tessera serve runs/quick --metrics-port 9090 --access-log access.jsonl",
      "  tessera serve runs/quick --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem \\",
      "      --tokens tokens.txt",
      "",
      "The first signal lets running streams end (--drain-seconds), a second one ends at once."
    })
final class ServeCommand implements Callable<Integer> {

  private static final Duration LOOK_FOR_SIGNALS = Duration.ofMillis(100);

  /** What stopping takes beside draining. */
  private static final Duration TIDYING = Duration.ofSeconds(20);

  @Parameters(paramLabel = "RUN", arity = "0..*", description = "Output folders of `tessera run`.")
  private List<Path> runs = List.of();

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "A folder of published versions (`tessera publish`).")
  private Optional<Path> store = Optional.empty();

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "" + ServerAddress.DEFAULT_PORT,
      description = "The port to listen on, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--publish-from",
      paramLabel = "DIR",
      defaultValue = ServerOptions.DEFAULT_RUNS,
      description =
          "The folder with the runs that clients may publish by DoAction (default: ${DEFAULT-VALUE}).")
  private Path publishFrom;

  @Option(
      names = "--endpoints",
      defaultValue = "" + ServerOptions.DEFAULT_ENDPOINTS,
      description =
          "How many streams a client is offered for one large read, at most (default: ${DEFAULT-VALUE}).")
  private int endpoints;

  @Option(
      names = "--drain-seconds",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How long running streams may take to end after a signal (default: ${DEFAULT-VALUE}).")
  private int drainSeconds;

  @Option(
      names = "--live",
      description =
          "Also embed events that clients send, with the saved models of the runs and of the"
              + " published versions.")
  private boolean live;

  @Mixin private LiveOptions liveOptions;

  @Mixin private ServerSecurityOptions security;

  @Mixin private CallLimitOptions limits;

  @Mixin private ObserveOptions observe;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (runs.isEmpty() && store.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "wanted a RUN to serve, or --store DIR");
    }
    OptionRange.checkPort("--port", port);
    OptionRange.check("--endpoints", endpoints, 1, Integer.MAX_VALUE);
    OptionRange.check("--drain-seconds", drainSeconds, 0, Integer.MAX_VALUE);
    Duration drain = Duration.ofSeconds(drainSeconds);
    Optional<TlsFiles> tls = security.tls(host);
    Authentication authentication = security.authentication(host);
    CallLimits callLimits = limits.read();
    try (Interruption interruption = new Interruption(drain.plus(TIDYING));
        Observation observation = observe.open()) {
      ServerOptions options =
          new ServerOptions(tls, authentication, callLimits, observation.observers())
              .with(
                  List.of(ListPlugins.action(Installation.pluginFolders())),
                  publishFrom,
                  endpoints);
      serve(options, observation, interruption, out);
      // said before the interruption is closed: from then on the process may end at any moment
      out.println("stopped");
      out.flush();
    }
    return 0;
  }

  private void serve(
      ServerOptions options, Observation observation, Interruption interruption, PrintWriter out)
      throws InterruptedException {
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE);
        BufferAllocator mapped = HostMemory.forMappedFiles(memory.work(), "served embeddings");
        RunCatalog served = runs.isEmpty() ? null : RunCatalog.open(runs, mapped);
        LiveRuns liveRuns = live ? LiveRuns.open(runs, liveOptions, memory.work()) : null;
        StoreCatalog published =
            store.isEmpty() ? null : publishedIn(store.get(), liveRuns, mapped)) {
      EmbeddingCatalog catalog =
          new EmbeddingCatalog(
              served == null ? List.of() : served.embeddings(), Optional.ofNullable(published));
      LiveCatalog liveCatalog =
          liveRuns == null ? LiveCatalog.none() : liveRuns.catalog(Optional.ofNullable(published));
      try (EmbeddingFlightServer server =
          EmbeddingFlightServer.start(catalog, liveCatalog, host, port, options, memory.work())) {
        OptionalInt metricsPort = observation.show(server);
        print(catalog, out);
        if (liveRuns != null) {
          liveRuns.print(liveCatalog, out);
        }
        metricsPort.ifPresent(shown -> out.printf("metrics on %s%n", observe.address(shown)));
        out.printf(
            "serving %d embeddings on %s%n",
            catalog.names().size(),
            new ServerAddress(host, server.port(), options.tls().isPresent()));
        out.flush();
        while (!interruption.isRequested() && !server.awaitTermination(LOOK_FOR_SIGNALS)) {
          // the next look
        }
        server.stop(Duration.ofSeconds(drainSeconds));
      }
    }
  }

  private static StoreCatalog publishedIn(Path store, LiveRuns live, BufferAllocator mapped) {
    return StoreCatalog.open(
        StoreOption.existing(store), Optional.ofNullable(live).map(LiveRuns::opener), mapped);
  }

  private static void print(EmbeddingCatalog catalog, PrintWriter out) {
    TextTable table = new TextTable("embedding", "dimension", "clients");
    for (EmbeddingLease lease : catalog.leaseAll()) {
      try (lease) {
        ServedEmbedding embedding = lease.embedding();
        table.row(
            embedding.name(),
            String.valueOf(embedding.dimension()),
            "%,d".formatted(embedding.rows()));
      }
    }
    table.print(out);
  }
}
