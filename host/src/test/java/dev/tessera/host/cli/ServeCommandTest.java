package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.Npy;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.host.files.FileTree;
import dev.tessera.host.flight.RunFixture;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serve and fetch as a user has them: each in a process of its own. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
class ServeCommandTest {

  /** 128 + SIGTERM. */
  private static final int TERMINATED = 143;

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void writeARun() throws IOException {
    run = RunFixture.write(folder.resolve("quick"), "stats", "profile");
  }

  @Test
  void servesUntilSigtermAndFetchGetsTheRows() throws Exception {
    Process server = start("serve", run.toString(), "--port", "0");
    try {
      String address = readAddress(server.inputReader());

      Result list = run("fetch", address);
      assertThat(list.text()).contains("profile", "stats", "1,000");
      assertThat(list.exitCode()).isZero();

      Path ids = Files.writeString(folder.resolve("ids.txt"), "70\n71\n70\n");
      Path file = folder.resolve("some.npy");
      Result fetch =
          run("fetch", address, "profile", "--clients", ids.toString(), "--out", file.toString());
      assertThat(fetch.text()).contains("3 clients, 1 of them unknown");
      assertThat(fetch.exitCode()).isZero();
      assertThat(Npy.readFloats(file)).containsExactly(7, 1, Float.NaN, Float.NaN, 7, 1);
      assertThat(Npy.readLongs(folder.resolve("some_client_ids.npy"))).containsExactly(70, 71, 70);

      Result unknown = run("fetch", address, "nobody", "--out", file.toString());
      assertThat(unknown.exitCode()).isEqualTo(2);
      assertThat(unknown.text()).contains("no embedding 'nobody' here; there are: profile, stats");

      server.destroy(); // SIGTERM
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(TERMINATED);
      Result gone = run("fetch", address);
      assertThat(gone.exitCode()).isEqualTo(1);
      assertThat(gone.text())
          .startsWith("tessera: no server answers at " + address)
          .hasLineCount(1);
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void aServerOfAStoreOffersWhatAnotherProcessPublishesThere() throws Exception {
    String store = folder.resolve("store").toString();
    Path one = RunFixture.write(folder.resolve("one"), "stats");
    Files.createDirectory(Path.of(store));
    Process server = start("serve", "--store", store, "--port", "0");
    try {
      String address = readAddress(server.inputReader(), 0);
      Result publish = run("publish", one.toString(), "--as", "profiles", "--store", store);
      assertThat(publish.text()).contains("profiles version 1 in " + store);
      FileTree.delete(one);
      Thread.sleep(1_000); // a server looks within a second

      Path file = folder.resolve("profiles.npy");
      Result fetch = run("fetch", address, "profiles", "--out", file.toString());
      assertThat(fetch.text()).contains("1,000 clients");
      assertThat(Npy.header(file).shape()).containsExactly(1_000, 2);
      String out = file.toString();
      assertThat(run("fetch", address, "profiles", "--at-version", "2", "--out", out).text())
          .contains("version 2");
      String before = "2001-01-01T00:00:00Z";
      assertThat(run("fetch", address, "profiles", "--as-of", before, "--out", out).text())
          .contains(before);
      Result retire = run("versions", "retire", "profiles", "1", "--store", store);
      assertThat(retire.exitCode()).isZero();
      Thread.sleep(1_000);
      assertThat(run("fetch", address, "profiles", "--out", file.toString()).text())
          .contains("no embedding 'profiles' here; there are: none");
      assertThat(folder.resolve("store/profiles/1/manifest.json")).doesNotExist();
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void serveWithoutARunOrAStoreIsWrongUsage() throws Exception {
    Result nothing = run("serve");
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.text()).contains("wanted a RUN to serve, or --store DIR");
  }

  @Test
  void theFirstSignalDrainsAndTheSecondEndsAtOnce() throws Exception {
    Process server = start("serve", run.toString(), "--port", "0", "--drain-seconds", "60");
    try (RootAllocator allocator = new RootAllocator();
        FlightClient client =
            FlightClient.builder(allocator, new Location(readAddress(server.inputReader(), 2)))
                .build();
        FlightClient.ExchangeReaderWriter open =
            client.doExchange(FlightDescriptor.path("profile"))) {
      client.getInfo(FlightDescriptor.path("profile")); // both calls are on one connection
      server.destroy(); // SIGTERM
      assertThat(refusedWith(client)).isEqualTo(FlightStatusCode.UNAVAILABLE);
      assertThat(server.waitFor(2, TimeUnit.SECONDS)).as("ended with a stream open").isFalse();
      kill(server);
      assertThat(server.waitFor(10, TimeUnit.SECONDS)).as("ended by the second").isTrue();
      assertThat(server.exitValue()).isEqualTo(TERMINATED);
      open.getWriter().error(new IllegalStateException("the server has gone"));
    } finally {
      server.destroyForcibly();
    }
  }

  /** The status of a new call, as soon as new calls are refused. */
  private static FlightStatusCode refusedWith(FlightClient client) throws InterruptedException {
    for (int time = 0; time < 200; time++) {
      try {
        client.getInfo(FlightDescriptor.path("profile"));
      } catch (FlightRuntimeException e) {
        return e.status().code();
      }
      Thread.sleep(50);
    }
    throw new AssertionError("new calls are taken after SIGTERM");
  }

  /** A further SIGTERM; {@link Process#destroy} sends one and no more. */
  private static void kill(Process process) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-TERM", "" + process.pid()).start().waitFor()).isZero();
  }

  @Test
  void aPortInUseEndsWithOneLineAndExitCodeOne() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Result serve = run("serve", run.toString(), "--port", String.valueOf(taken.getLocalPort()));
      assertThat(serve.exitCode()).isEqualTo(1);
      assertThat(serve.text())
          .startsWith("tessera: cannot serve on 127.0.0.1:" + taken.getLocalPort())
          .contains("--port")
          .hasLineCount(1);
    }
  }

  @Test
  void fetchWithoutAFileOrWithAWrongAddressIsWrongUsage() throws Exception {
    Result noFile = run("fetch", "grpc://127.0.0.1:1", "profile");
    assertThat(noFile.exitCode()).isEqualTo(2);
    assertThat(noFile.text()).contains("--out");
    Result noAddress = run("fetch", "127.0.0.1:1");
    assertThat(noAddress.exitCode()).isEqualTo(2);
    assertThat(noAddress.text()).contains("grpc://127.0.0.1:8815");
  }

  @Test
  void aHostWithoutAnAddressIsOneLine() throws Exception {
    Result fetch = run("fetch", "grpc://nohost.invalid:1", "--retries", "0");
    assertThat(fetch.exitCode()).isEqualTo(1);
    assertThat(fetch.text())
        .startsWith("tessera: no server answers at grpc://nohost.invalid:1")
        .hasLineCount(1);
  }

  private record Result(int exitCode, String text) {}

  private static Process start(String... arguments) throws IOException {
    // a line of slf4j's about having no binding is not ours
    List<String> options = List.of("-Xmx256m", "-Dslf4j.internal.verbosity=ERROR");
    return ChildJvm.of(options, Main.class, arguments).redirectErrorStream(true).start();
  }

  private static Result run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    String text = new String(process.getInputStream().readAllBytes());
    return new Result(process.waitFor(), text);
  }

  private static String readAddress(BufferedReader lines) throws IOException {
    return readAddress(lines, 2);
  }

  private static String readAddress(BufferedReader lines, int embeddings) throws IOException {
    String before = "serving %d embeddings on ".formatted(embeddings);
    List<String> seen = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      seen.add(line);
      if (line.startsWith(before)) {
        return line.substring(before.length());
      }
    }
    throw new AssertionError("the server ended without serving: " + seen);
  }
}
