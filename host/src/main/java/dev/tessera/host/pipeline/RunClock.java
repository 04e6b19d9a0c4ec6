package dev.tessera.host.pipeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Knows when a session began and on what, and writes that down at its end. */
final class RunClock {

  private final String hostVersion;
  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();

  private RunClock(String hostVersion) {
    this.hostVersion = hostVersion;
  }

  static RunClock start(String hostVersion) {
    return new RunClock(hostVersion);
  }

  Manifest manifest(
      Manifest.Data data,
      Manifest.Resources resources,
      Map<String, String> settings,
      List<PlannedStep> steps,
      List<StepOutcome> outcomes) {
    Map<String, String> plugins = new TreeMap<>();
    steps.forEach(step -> plugins.put(step.plugin().id(), step.plugin().version()));
    return new Manifest(
        new Manifest.Host(
            hostVersion,
            System.getProperty("java.version") + ", " + System.getProperty("java.vendor"),
            "%s %s, %d processors"
                .formatted(
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors())),
        started.truncatedTo(ChronoUnit.SECONDS).toString(),
        (System.nanoTime() - startNanos) / 1e9,
        data,
        resources,
        settings,
        plugins,
        outcomes);
  }
}
