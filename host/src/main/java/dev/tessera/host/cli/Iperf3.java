package dev.tessera.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** What iperf3 moves over the loopback address: the connection's own speed. */
final class Iperf3 {

  private static final String HOST = "127.0.0.1";
  private static final int SECONDS = 4;
  private static final int PATIENCE_SECONDS = 20;

  private Iperf3() {}

  /**
   * Runs iperf3 for some seconds with writes of 1 MB.
   *
   * @param streams in parallel
   * @return Gbit/s received over all streams; empty if there is no iperf3 or it fails
   */
  static OptionalDouble gigabitsPerSecond(int streams) throws InterruptedException {
    Optional<Process> started = Optional.empty();
    try {
      String port = freePort();
      Process server =
          new ProcessBuilder("iperf3", "-s", "-1", "--forceflush", "-B", HOST, "-p", port)
              .redirectErrorStream(true)
              .start();
      started = Optional.of(server);
      // it says that it listens, and then takes one client
      if (!server.inputReader().lines().anyMatch(line -> line.contains("listening"))) {
        return OptionalDouble.empty();
      }
      Process client =
          new ProcessBuilder(
                  "iperf3",
                  "-c",
                  HOST,
                  "-p",
                  port,
                  "-l",
                  "1M",
                  "-J",
                  "-P",
                  String.valueOf(streams),
                  "-t",
                  String.valueOf(SECONDS))
              .start();
      JsonNode report = new ObjectMapper().readTree(client.getInputStream());
      boolean ended = client.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      double bits = report.path("end").path("sum_received").path("bits_per_second").asDouble();
      return ended && bits > 0 ? OptionalDouble.of(bits / 1e9) : OptionalDouble.empty();
    } catch (IOException e) {
      return OptionalDouble.empty();
    } finally {
      started.ifPresent(Process::destroy);
    }
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return String.valueOf(socket.getLocalPort());
    }
  }
}
