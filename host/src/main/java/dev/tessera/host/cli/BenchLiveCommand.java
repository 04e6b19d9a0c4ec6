package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.flight.EmbeddingCatalog;
import dev.tessera.host.flight.EmbeddingFlightServer;
import dev.tessera.host.flight.LiveCatalog;
import dev.tessera.host.flight.ServerOptions;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.live.SampledEvents;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.arrow.vector.VectorSchemaRoot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how long a client waits for the vector of events that it sends. */
@Command(
    name = "live",
    mixinStandardHelpOptions = true,
    description = {
      "Measure live embedding over the loopback address, server and client in this process, one call"
          + " after the other. Events are drawn at random from the run's own log."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera bench live runs/quick",
      "  tessera bench live runs/quick --step profile --step stats --events 1000"
    })
final class BenchLiveCommand implements Callable<Integer> {

  private static final String HOST = "127.0.0.1";
  private static final double NANOS_PER_MILLI = 1e6;

  @Parameters(paramLabel = "RUN", description = "The output folder of `tessera run`.")
  private Path run;

  @Option(
      names = "--step",
      paramLabel = "NAME",
      description = "A step to embed with; every one if not given.")
  private List<String> steps = List.of();

  @Option(
      names = "--events",
      defaultValue = "100",
      description = "Events of a client (${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--clients",
      defaultValue = "1",
      description = "Clients of a call (${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--calls",
      defaultValue = "2000",
      description = "Calls that are measured (${DEFAULT-VALUE}); as many before them warm up.")
  private int calls;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      defaultValue = ".tessera",
      description = "Where event stores are kept (default: ${DEFAULT-VALUE}).")
  private Path workspace;

  @Mixin private LiveOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (Math.min(Math.min(clients, events), calls) < 1) {
      throw new ParameterException(
          spec.commandLine(), "--clients, --events and --calls must be at least 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE);
        PluginRegistry plugins = PluginRegistry.load(options.pluginFolders());
        LiveRun live = LiveRun.open(run, plugins, options.options(), memory.work());
        EventStore store =
            EventStore.open(live.run().data(), workspace, StoreOptions.of(memory.work()));
        EmbeddingFlightServer server =
            EmbeddingFlightServer.start(
                new EmbeddingCatalog(List.of()),
                new LiveCatalog(Map.of("", live)),
                HOST,
                0,
                ServerOptions.OPEN,
                memory.work());
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(new ServerAddress(HOST, server.port()), memory.work());
        SampledEvents sample = new SampledEvents(store.log(), clients, events, memory.work())) {
      out.printf(
          "%,d calls of %,d client(s) with %,d events each, after as many to warm up%n",
          calls, clients, events);
      TextTable table = new TextTable("step", "columns", "p50 ms", "p95 ms", "p99 ms", "most ms");
      for (OpenedStep step : chosen(live)) {
        String name = step.name();
        measure(client, name, sample);
        double[] waits = measure(client, name, sample);
        table.row(
            name,
            String.valueOf(step.dimension()),
            millis(waits, 0.5),
            millis(waits, 0.95),
            millis(waits, 0.99),
            millis(waits, 1));
      }
      table.print(out);
      out.flush();
    }
    return 0;
  }

  private List<OpenedStep> chosen(LiveRun live) {
    return steps.isEmpty() ? live.steps() : steps.stream().map(name -> step(live, name)).toList();
  }

  private static OpenedStep step(LiveRun live, String name) {
    return live.run()
        .find(name)
        .orElseThrow(
            () ->
                new PluginException(
                    ErrorCode.INVALID_CONFIG,
                    "no step '%s' to embed with; there are: %s"
                        .formatted(
                            name,
                            live.steps().stream()
                                .map(OpenedStep::name)
                                .collect(Collectors.joining(", ")))));
  }

  /** The waits of all calls in milliseconds, ascending. */
  private double[] measure(EmbeddingFlightClient client, String step, SampledEvents sample) {
    double[] waits = new double[calls];
    for (int i = 0; i < calls; i++) {
      VectorSchemaRoot batch = sample.next();
      long start = System.nanoTime();
      client.embed(step, batch, rows -> {});
      waits[i] = (System.nanoTime() - start) / NANOS_PER_MILLI;
    }
    Arrays.sort(waits);
    return waits;
  }

  private static String millis(double[] ascending, double share) {
    int index = (int) Math.ceil(share * ascending.length) - 1;
    return "%.2f".formatted(ascending[Math.max(0, index)]);
  }
}
