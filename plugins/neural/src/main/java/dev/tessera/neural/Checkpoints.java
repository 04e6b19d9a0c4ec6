package dev.tessera.neural;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The state of a training in a folder that outlives it: {@code epoch-N/} with the weights, Adam's
 * moments, the facts of the training and how far it is; {@code best-N/} with the weights of the
 * best epoch. Each is written beside and then renamed, so that a killed process leaves whole ones
 * only.
 *
 * <p>The position is all there is of random state: see {@link Seeds}.
 */
final class Checkpoints {

  private static final String FACTS = "made-with.txt";
  private static final String STATE = "state.txt";
  private static final String FORMAT = "checkpoint-format";
  private static final int FORMAT_VERSION = 1;

  private final Path folder;
  private final Facts identity;

  /**
   * The checkpoints of one training.
   *
   * @param identity what a checkpoint must have been made with to be of use here
   */
  Checkpoints(Path folder, Facts identity) {
    this.folder = folder;
    this.identity = identity.with(FORMAT, FORMAT_VERSION);
  }

  /** Keeps the state after an epoch, and drops those before. */
  void write(TrainingState state, Parameters parameters, Adam adam) {
    if (state.bestEpoch() == state.epochs()) {
      Path best = temporary("best");
      parameters.write(best);
      put(best, best(state));
    }
    Path next = temporary("next");
    parameters.write(next);
    List<float[]> moments = adam.copy();
    for (int i = 0; i < moments.size(); i++) {
      Npy.write(moment(next, i), moments.get(i), moments.get(i).length);
    }
    identity.write(next.resolve(FACTS));
    state.facts().with("adam-steps", adam.steps()).write(next.resolve(STATE));
    Path current = folder.resolve("epoch-" + state.epochs());
    put(next, current);
    for (Path old : list()) {
      if (!old.equals(current) && !old.equals(best(state))) {
        delete(old);
      }
    }
  }

  /**
   * Sets parameters and Adam to the last state kept.
   *
   * @return how far it is; empty if nothing is kept
   * @throws PluginException with {@link ErrorCode#INCOMPATIBLE_MODEL} if it is of another training;
   *     the difference is named
   */
  Optional<TrainingState> resume(Parameters parameters, Adam adam) {
    Optional<Path> last =
        list().stream()
            .filter(path -> path.getFileName().toString().matches("epoch-\\d+"))
            .max(Comparator.comparingInt(Checkpoints::number));
    if (last.isEmpty()) {
      return Optional.empty();
    }
    Path from = last.get();
    try {
      identity.requireSame(Facts.read(from.resolve(FACTS)), "the checkpoint " + from);
    } catch (PluginException e) {
      throw new PluginException(
          e.code(), e.getMessage() + "; delete " + folder + " to train anew", e);
    }
    Facts facts = Facts.read(from.resolve(STATE));
    parameters.read(from);
    List<float[]> moments = new ArrayList<>();
    for (int i = 0; i < 2 * parameters.all().size(); i++) {
      moments.add(Npy.readFloats(moment(from, i)));
    }
    adam.set(moments, facts.whole("adam-steps"));
    return Optional.of(new TrainingState(facts));
  }

  /** Sets parameters to those of the best epoch. */
  void restoreBest(TrainingState state, Parameters parameters) {
    parameters.read(best(state));
  }

  /** The folder of the best epoch's weights. */
  Path best(TrainingState state) {
    return folder.resolve("best-" + state.bestEpoch());
  }

  private static Path moment(Path folder, int index) {
    return folder.resolve("adam-" + index + ".npy");
  }

  private static int number(Path path) {
    String name = path.getFileName().toString();
    return Integer.parseInt(name.substring(name.indexOf('-') + 1));
  }

  private Path temporary(String name) {
    Path path = folder.resolve(name + ".tmp");
    delete(path);
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private void put(Path from, Path to) {
    delete(to);
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(to, e);
    }
  }

  private List<Path> list() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static void delete(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static PluginException failed(Path path, IOException e) {
    return new PluginException(
        ErrorCode.IO, path + ": a checkpoint cannot be kept here: " + e.getMessage(), e);
  }
}
