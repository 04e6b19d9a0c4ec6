package dev.tessera.host.cli;

import dev.tessera.api.PluginException;
import dev.tessera.host.flight.EmbeddingFlightServer;
import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.observe.AccessLog;
import dev.tessera.host.flight.observe.MetricsEndpoint;
import dev.tessera.host.flight.observe.ServerMetrics;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The options by which people who run a server watch it. */
final class ObserveOptions {

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "Show /metrics (Prometheus), /health/live and /health/ready by HTTP; 0 for any free port.")
  private Integer port;

  @Option(
      names = "--metrics-host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "The address for that, unencrypted (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "Append a line of JSON for each call to this file; - for standard output.")
  private Optional<String> accessLog = Optional.empty();

  /** Where the figures are to be had. */
  String address(int usedPort) {
    return "http://%s:%d/metrics".formatted(host, usedPort);
  }

  /**
   * Opens what was asked for.
   *
   * @throws PluginException if that is no port, or the log cannot be written
   */
  Observation open() {
    if (port != null) {
      OptionRange.checkPort("--metrics-port", port);
    }
    return new Observation();
  }

  /** What watches one server. */
  final class Observation implements AutoCloseable {
    private final Optional<ServerMetrics> metrics =
        Optional.ofNullable(port).map(asked -> new ServerMetrics());
    private final Optional<AccessLog> log = accessLog.map(Observation::log);
    private Optional<MetricsEndpoint> endpoint = Optional.empty();

    private static AccessLog log(String target) {
      if ("-".equals(target)) {
        return new AccessLog(new FileOutputStream(FileDescriptor.out));
      }
      Path file = Path.of(target);
      if (Files.isDirectory(file) || !Files.exists(file)) { // one that exists is appended to
        OutputFile.require("--access-log", file);
      }
      return AccessLog.toFile(file);
    }

    /** What the server has to tell of its calls. */
    List<CallObserver> observers() {
      List<CallObserver> observers = new ArrayList<>();
      metrics.ifPresent(observers::add);
      log.ifPresent(observers::add);
      return observers;
    }

    /**
     * Shows a running server.
     *
     * @return the port in use; empty if none was asked for
     * @throws PluginException if the port cannot be bound
     */
    OptionalInt show(EmbeddingFlightServer server) {
      metrics.ifPresent(
          figures -> {
            figures.gauge(
                "tessera.calls.memory",
                "bytes",
                "Bytes outside the heap that open calls hold",
                server::callMemoryBytes);
            figures.gauge(
                "tessera.network.memory",
                "bytes",
                "Bytes on their way from or to clients",
                server::networkBytes);
            figures.gauge(
                "tessera.draining", "", "1 while the server stops", () -> server.isReady() ? 0 : 1);
            figures.gauge("tessera.embeddings", "", "Embeddings on offer", server::embeddings);
            figures.versions(server::versions);
            endpoint = Optional.of(new MetricsEndpoint(host, port, figures, server::isReady));
          });
      return endpoint.stream().mapToInt(MetricsEndpoint::port).findFirst();
    }

    @Override
    public void close() {
      endpoint.ifPresent(MetricsEndpoint::close);
      log.ifPresent(AccessLog::close);
      metrics.ifPresent(ServerMetrics::close);
    }
  }
}
