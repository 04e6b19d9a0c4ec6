package dev.tessera.host.flight.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * The server's figures and health by plain HTTP, for Prometheus and for whatever restarts servers:
 * {@code /metrics}, {@code /health/live}, {@code /health/ready}. Not encrypted, asks for no
 * credentials, and tells no embedding's content.
 */
public final class MetricsEndpoint implements AutoCloseable {

  private static final int THREADS = 4;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "metrics-http");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts to answer.
   *
   * @param port 0 for any free one, see {@link #port}
   * @param ready whether new calls are taken
   * @throws PluginException if the address cannot be bound
   */
  public MetricsEndpoint(String host, int port, ServerMetrics metrics, BooleanSupplier ready) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      threads.shutdown();
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "cannot show metrics on %s:%d (%s): choose another --metrics-port"
              .formatted(host, port, e.getMessage()),
          e);
    }
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, metrics, ready));
    server.start();
  }

  /** The port in use. */
  public int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, ServerMetrics metrics, BooleanSupplier ready)
      throws IOException {
    try (exchange) {
      switch (exchange.getRequestURI().getPath()) {
        case "/metrics" -> send(exchange, 200, PROMETHEUS, metrics.scrape());
        case "/health/live" -> send(exchange, 200, TEXT, "live\n");
        case "/health/ready" -> {
          boolean yes = ready.getAsBoolean();
          send(exchange, yes ? 200 : 503, TEXT, yes ? "ready\n" : "draining\n");
        }
        default ->
            send(exchange, 404, TEXT, "there are /metrics, /health/live and /health/ready\n");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
