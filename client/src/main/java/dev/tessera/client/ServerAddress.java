package dev.tessera.client;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a Flight server is: {@code grpc://host:port}, or {@code grpc+tls://host:port}.
 *
 * @param tls whether the connection is encrypted
 */
public record ServerAddress(String host, int port, boolean tls) {

  /** Where a server listens if nothing else is said. */
  public static final int DEFAULT_PORT = 8815;

  /** The highest port that TCP has. */
  public static final int MAX_PORT = 65_535;

  /** An address of a plaintext server. */
  public ServerAddress(String host, int port) {
    this(host, port, false);
  }

  /**
   * Reads an address; without a port it is {@link #DEFAULT_PORT}.
   *
   * @throws PluginException if it is none
   */
  public static ServerAddress parse(String text) {
    try {
      URI uri = new URI(text);
      boolean plain = "grpc".equals(uri.getScheme()) || "grpc+tcp".equals(uri.getScheme());
      boolean tls = "grpc+tls".equals(uri.getScheme());
      if ((plain || tls)
          && uri.getHost() != null
          && uri.getPath().isEmpty()
          && uri.getQuery() == null) {
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        if (port < 1 || port > MAX_PORT) {
          throw new PluginException(
              ErrorCode.INVALID_CONFIG,
              "wanted a port in 1..%d, found '%s'".formatted(MAX_PORT, text));
        }
        return new ServerAddress(uri.getHost(), port, tls);
      }
    } catch (URISyntaxException e) {
      throw invalid(text, e);
    }
    throw invalid(text, null);
  }

  private static PluginException invalid(String text, URISyntaxException cause) {
    return new PluginException(
        ErrorCode.INVALID_CONFIG,
        "wanted a server's address such as grpc://127.0.0.1:%d or grpc+tls://HOST:PORT, found '%s'"
            .formatted(DEFAULT_PORT, text),
        cause);
  }

  @Override
  public String toString() {
    return "%s://%s:%d".formatted(tls ? "grpc+tls" : "grpc", host, port);
  }
}
