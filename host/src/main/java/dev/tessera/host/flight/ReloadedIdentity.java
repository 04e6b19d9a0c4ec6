package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.security.TlsFiles;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A server's certificate and key, read again when both files have changed: connections made from
 * then on see the new ones. Files that do not fit together are left aside, and the log says so.
 */
final class ReloadedIdentity implements AutoCloseable {

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final SslContext context;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tls-watch");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Reads the files, which were checked, and begins to watch them.
   *
   * @throws PluginException if they cannot be read
   */
  ReloadedIdentity(TlsFiles files) {
    AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    try {
      var unused =
          keys.updateIdentityCredentials(
              files.certificate().toFile(),
              files.key().toFile(),
              LOOK.toMillis(),
              TimeUnit.MILLISECONDS,
              watch);
      SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(keys));
      files
          .clientCa()
          .ifPresent(ca -> builder.trustManager(ca.toFile()).clientAuth(ClientAuth.REQUIRE));
      context = builder.build();
    } catch (IOException | GeneralSecurityException e) {
      watch.shutdownNow();
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, "the TLS files cannot be read: " + e.getMessage(), e);
    }
  }

  /** What encrypts connections. */
  SslContext context() {
    return context;
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
