package dev.tessera.plugin.lightfm;

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
import java.util.stream.Stream;

/**
 * The weights after an epoch in a folder {@code epoch-N}, written aside and renamed, so that a
 * killed process leaves whole ones only. The folder that they lie in belongs to one configuration,
 * seed and log: that is the host's business. There is no other state: random numbers begin anew
 * each epoch.
 */
final class Checkpoint {

  private static final String PREFIX = "epoch-";
  private static final String CURVE = "curve.npy";

  /** A checkpoint is written when the training since the last took so many times as long. */
  private static final int PATIENCE = 10;

  private final Path folder;
  private final List<float[]> weights;
  private long lastNanos = System.nanoTime();
  private long writingNanos;

  /**
   * Keeps weights.
   *
   * @param folder outlives a killed run
   * @param weights read when written, and set when read
   */
  Checkpoint(Path folder, List<float[]> weights) {
    this.folder = folder;
    this.weights = weights;
  }

  /**
   * Sets the weights to the last that were kept.
   *
   * @return the training curve until then, one value for each epoch that is done
   */
  List<Double> resume() {
    List<Path> kept = kept();
    if (kept.isEmpty()) {
      return new ArrayList<>();
    }
    Path last = kept.get(kept.size() - 1);
    List<Double> curve = new ArrayList<>();
    for (double value : Npy.readDoubles(last.resolve(CURVE))) {
      curve.add(value);
    }
    for (int i = 0; i < weights.size(); i++) {
      float[] values = Npy.readFloats(file(last, i));
      if (values.length != weights.get(i).length) {
        throw new PluginException(
            ErrorCode.INCOMPATIBLE_MODEL,
            "%s: wanted %d weights, found %d; delete %s to train anew"
                .formatted(file(last, i), weights.get(i).length, values.length, folder));
      }
      System.arraycopy(values, 0, weights.get(i), 0, values.length);
    }
    return curve;
  }

  /** Keeps the weights, unless the last were kept a short while ago; drops those before. */
  void keep(List<Double> curve) {
    long start = System.nanoTime();
    if (start - lastNanos < PATIENCE * writingNanos) {
      return;
    }
    List<Path> before = kept();
    Path next = folder.resolve("next.tmp");
    Path done = folder.resolve(PREFIX + curve.size());
    delete(next);
    delete(done);
    try {
      Files.createDirectories(next);
      double[] values = curve.stream().mapToDouble(Double::doubleValue).toArray();
      Npy.write(next.resolve(CURVE), values, values.length);
      for (int i = 0; i < weights.size(); i++) {
        Npy.write(file(next, i), weights.get(i), weights.get(i).length);
      }
      Files.move(next, done, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(done, e);
    }
    before.forEach(Checkpoint::delete);
    lastNanos = System.nanoTime();
    writingNanos = lastNanos - start;
  }

  private static Path file(Path folder, int index) {
    return folder.resolve("weights-" + index + ".npy");
  }

  /** Whole checkpoints, the last one last. */
  private List<Path> kept() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(PREFIX + "\\d+"))
          .sorted(Comparator.comparingInt(Checkpoint::epoch))
          .toList();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static int epoch(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring(PREFIX.length()));
  }

  private static void delete(Path checkpoint) {
    if (!Files.exists(checkpoint)) {
      return;
    }
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(checkpoint);
    } catch (IOException e) {
      throw failed(checkpoint, e);
    }
  }

  private static PluginException failed(Path path, IOException e) {
    return new PluginException(
        ErrorCode.IO, path + ": a checkpoint cannot be kept here: " + e.getMessage(), e);
  }
}
