package dev.tessera.host.flight;

import dev.tessera.api.Embeddings;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.vector.types.pojo.Schema;

/** The steps that a server embeds events with as they come, by name. Immutable. */
public final class LiveCatalog {

  private final Map<String, LiveStep> steps = new TreeMap<>();
  private final Map<String, String> missing = new TreeMap<>();

  /**
   * A step to embed with.
   *
   * @param run has the models
   * @param schema of the vectors' stream
   */
  record LiveStep(LiveRun run, OpenedStep step, Schema schema) {}

  /**
   * Names the steps of some runs.
   *
   * @param runs by what stands before their steps' names: nothing for a single run, {@code RUN/}
   *     for each of several. Lent for the server's life.
   */
  public LiveCatalog(Map<String, LiveRun> runs) {
    runs.forEach(
        (prefix, run) -> {
          run.steps()
              .forEach(
                  step ->
                      steps.put(
                          prefix + step.name(),
                          new LiveStep(run, step, schema(prefix + step.name(), run, step))));
          run.missing().forEach((step, why) -> missing.put(prefix + step, why));
        });
  }

  /** A server that embeds nothing. */
  public static LiveCatalog none() {
    return new LiveCatalog(Map.of());
  }

  /** The names, ascending. */
  public List<String> names() {
    return List.copyOf(steps.keySet());
  }

  /** Why the steps that are not here cannot embed, by name. */
  public Map<String, String> missing() {
    return Map.copyOf(missing);
  }

  /**
   * The step of a name, for a call that may read its embedding; the call is then about it.
   *
   * @throws FlightRuntimeException PERMISSION_DENIED, NOT_FOUND if there is none (lists those there
   *     are, or says why not), UNIMPLEMENTED if the server embeds nothing
   */
  LiveStep require(String name, ServedCall call) {
    call.require(Right.READ, name);
    LiveStep step = steps.get(name);
    if (step != null) {
      call.concerns(name, "");
      return step;
    }
    if (missing.containsKey(name)) {
      throw notFound("'%s' cannot embed events: %s".formatted(name, missing.get(name)));
    }
    if (steps.isEmpty()) {
      throw CallStatus.UNIMPLEMENTED
          .withDescription("this server embeds no events: start it with 'tessera serve RUN --live'")
          .toRuntimeException();
    }
    throw notFound(
        "no step '%s' here to embed events with; there are: %s"
            .formatted(
                name,
                steps.keySet().stream()
                    .filter(other -> call.may(Right.READ, other))
                    .collect(Collectors.joining(", "))));
  }

  private static FlightRuntimeException notFound(String message) {
    return CallStatus.NOT_FOUND.withDescription(message).toRuntimeException();
  }

  private static Schema schema(String name, LiveRun run, OpenedStep step) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("tessera.step", step.name());
    metadata.put("tessera.plugin", step.plugin());
    metadata.put("tessera.key", run.run().record(step.name()).key());
    metadata.put("tessera.live", "true");
    Embeddings none = new Embeddings(step.name(), step.dimension(), step.columnNames(), List.of());
    return new ServedEmbedding(name, none, metadata).schema();
  }
}
