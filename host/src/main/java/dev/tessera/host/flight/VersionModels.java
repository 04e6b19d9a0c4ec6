package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.publish.Publication;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.flight.FlightRuntimeException;

/**
 * The models of one published version, open while somebody holds them: the catalogue those of the
 * default version, a call those that it embeds with. The last to let go closes them. Safe for many
 * threads; who comes while they are being opened waits.
 */
final class VersionModels {

  private static final Logger LOG = System.getLogger(VersionModels.class.getName());

  private final Publication publication;
  private final ModelOpener opener;

  // Guarded by this; `run` is there exactly while there are holders.
  private LiveRun run;
  private int holders;
  private boolean tried;
  private boolean kept;

  VersionModels(Publication publication, ModelOpener opener) {
    this.publication = publication;
    this.opener = opener;
  }

  /**
   * Opens the models and holds them until {@link #letGo}. If they cannot be opened, the log says
   * why, once; calls try again.
   */
  synchronized void keep() {
    if (tried) {
      return;
    }
    tried = true;
    try {
      hold();
      kept = true;
      run.warnings().forEach(line -> LOG.log(Level.WARNING, publication + ": " + line));
    } catch (PluginException e) {
      LOG.log(Level.WARNING, publication + " cannot embed events: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      // a plugin's fault or its library's must not keep this and other versions from being served
      LOG.log(Level.ERROR, publication + " cannot embed events", e);
    }
  }

  /** Holds them no longer for the catalogue. */
  synchronized void letGo() {
    tried = false;
    if (kept) {
      kept = false;
      release();
    }
  }

  /**
   * Holds one step.
   *
   * @param name one of the version's
   * @param step the step that it means
   * @throws FlightRuntimeException NOT_FOUND if it has no model; says why
   */
  synchronized LiveLease lease(String name, String step) {
    try {
      hold();
    } catch (PluginException e) {
      throw FlightFailures.notFound(
          "%s of %s cannot embed events: %s".formatted(name, publication, e.getMessage()));
    }
    try {
      LiveStep live =
          run.run()
              .find(step)
              .map(found -> LiveStep.named(name, run, found, metadata()))
              .orElseThrow(
                  () ->
                      FlightFailures.notFound(
                          "%s of %s cannot embed events: %s"
                              .formatted(name, publication, run.missing().get(step))));
      return new LiveLease(live, String.valueOf(publication.version()), this::release);
    } catch (RuntimeException | Error e) {
      release();
      throw e;
    }
  }

  private Map<String, String> metadata() {
    return Map.of(ServedEmbedding.VERSION_KEY, String.valueOf(publication.version()));
  }

  private void hold() {
    if (holders == 0) {
      noModels()
          .ifPresent(
              why -> {
                throw new PluginException(ErrorCode.INVALID_INPUT, why);
              });
      run = opener.open(publication.folder());
    }
    holders++;
  }

  /** What was put, and what was published by an early version, has vectors alone. */
  private Optional<String> noModels() {
    RunFolder folder = publication.run();
    boolean some =
        publication.dimensions().keySet().stream()
            .anyMatch(
                step ->
                    Files.isDirectory(folder.step(folder.manifest().data().mode(), step).model()));
    return some
        ? Optional.empty()
        : Optional.of(
            "it holds vectors and no model (%s): publish a run whose steps have their models"
                .formatted(publication.source()));
  }

  private synchronized void release() {
    if (--holders == 0) {
      LiveRun last = run;
      run = null;
      try {
        last.close();
      } catch (RuntimeException e) {
        // whoever ended the last call cannot help it
        LOG.log(Level.ERROR, publication + ": its models were not closed well", e);
      }
    }
  }
}
