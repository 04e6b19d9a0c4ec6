package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.Float16;
import dev.tessera.api.Npy;
import dev.tessera.dist.Installation.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run that is served and fetched back, each by a process of its own. */
final class ServedRun {

  private static final Pattern ADDRESS = Pattern.compile("grpc(\\+tls)?://\\S+");
  private static final int POLL_MILLIS = 50;

  private ServedRun() {}

  /**
   * Serves the run, fetches one of its embeddings as npy, compares it with the run's own file, and
   * stops the server.
   *
   * @param run a folder of {@code work}
   */
  static void assertFetchedIsWhatWasWritten(
      Installation tessera, Path work, String run, String step) throws Exception {
    Path log = work.resolve(run + "-serve.txt");
    String file = run + "-" + step;
    Process server = tessera.start(log, "serve", run, "--port", "0");
    try {
      Ended fetched = tessera.run("fetch", address(log, server), step, "--out", file + ".npy");
      assertThat(fetched.code()).as(fetched.out()).isZero();
    } finally {
      server.destroy();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.readString(log)).contains("stopped");
    Path folder = work.resolve(run).resolve("embeddings_submit").resolve(step);
    assertThat(Npy.readLongs(work.resolve(file + "_client_ids.npy")))
        .isNotEmpty()
        .isEqualTo(Npy.readLongs(folder.resolve("client_ids.npy")));
    float[] halves = Npy.readFloats(folder.resolve("embeddings.npy"));
    float[] floats = Npy.readFloats(work.resolve(file + ".npy"));
    assertThat(floats).hasSameSizeAs(halves);
    for (int i = 0; i < floats.length; i++) {
      float clipped = Math.max(-Float16.MAX_VALUE, Math.min(Float16.MAX_VALUE, floats[i]));
      assertThat(Float16.toFloat(Float16.fromFloat(clipped))).isEqualTo(halves[i]);
    }
  }

  /** Where a server listens, once it has said so. */
  static String address(Path log, Process server) throws Exception {
    while (server.isAlive()) {
      Matcher matcher = ADDRESS.matcher(Files.readString(log));
      if (matcher.find()) {
        return matcher.group();
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new AssertionError("the server ended: " + Files.readString(log));
  }
}
