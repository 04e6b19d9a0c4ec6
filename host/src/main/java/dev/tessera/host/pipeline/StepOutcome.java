package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * How a step ended.
 *
 * @param step the step's name
 * @param plugin the plugin's id
 * @param status what happened
 * @param record the result's record; empty unless {@link Status#hasResult}
 * @param why one line for a step without a result; empty otherwise
 */
public record StepOutcome(
    String step, String plugin, Status status, Optional<StepRecord> record, String why) {

  /** What can become of a step. */
  public enum Status {
    /** It ran. */
    DONE,
    /** An equal step had run before; its result was taken. */
    CACHED,
    /** There was nothing for it to read. */
    SKIPPED,
    /** It failed. */
    FAILED,
    /** A step that it reads failed, or the run was cancelled. */
    NOT_RUN;

    /** Whether the step has an embedding. */
    public boolean hasResult() {
      return this == DONE || this == CACHED;
    }
  }

  static StepOutcome with(PlannedStep step, Status status, StepRecord record) {
    return new StepOutcome(step.name(), step.plugin().id(), status, Optional.of(record), "");
  }

  static StepOutcome without(PlannedStep step, Status status, String why) {
    return new StepOutcome(step.name(), step.plugin().id(), status, Optional.empty(), why);
  }

  /** Runs a step's body and turns whatever it throws into an outcome. */
  static StepOutcome of(PlannedStep step, Supplier<StepOutcome> body) {
    try {
      return body.get();
    } catch (PluginException e) {
      Status status = e.code() == ErrorCode.CANCELLED ? Status.NOT_RUN : Status.FAILED;
      return without(step, status, e.getMessage());
    } catch (OutOfMemoryError | OutOfMemoryException e) {
      return without(
          step,
          Status.FAILED,
          "out of memory (%s): raise --memory-limit, or run fewer steps side by side with --lanes 1"
              .formatted(e.getMessage()));
    } catch (RuntimeException | Error e) { // even this costs one step, not the others' results
      return without(step, Status.FAILED, "a fault of Tessera itself: " + e);
    }
  }
}
