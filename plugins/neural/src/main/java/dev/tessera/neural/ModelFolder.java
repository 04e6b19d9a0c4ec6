package dev.tessera.neural;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A saved model: {@code model.txt} (what it was made with), {@code weights/NAME.npy} (float32), and
 * files that the model names itself.
 *
 * @param path the folder
 * @param plugin the plugin's name, for messages
 * @param wanted what the model must have been made with
 */
public record ModelFolder(Path path, String plugin, Facts wanted) {

  /** Writes the facts wanted, some more, and the weights. */
  public void write(Facts more, Parameters parameters) {
    try {
      Files.createDirectories(weights());
    } catch (IOException e) {
      throw new PluginException(ErrorCode.IO, weights() + ": cannot be made: " + e.getMessage(), e);
    }
    parameters.write(weights());
    wanted.with(more).write(facts());
  }

  /**
   * All facts of a saved model.
   *
   * @throws PluginException with {@link ErrorCode#INCOMPATIBLE_MODEL} if the folder holds none, or
   *     one that was made with something else; the difference is named
   */
  public Facts read() {
    if (!Files.exists(facts())) {
      throw new PluginException(
          ErrorCode.INCOMPATIBLE_MODEL,
          "%s holds no %s model: there is no model.txt; fit the step again"
              .formatted(path, plugin));
    }
    Facts found = Facts.read(facts());
    wanted.requireSame(found, "the model " + path);
    return found;
  }

  /** Sets all weights. */
  public void readWeights(Parameters parameters) {
    parameters.read(weights());
  }

  /** A file of the model. */
  public Path file(String name) {
    return path.resolve(name);
  }

  private Path facts() {
    return path.resolve("model.txt");
  }

  private Path weights() {
    return path.resolve("weights");
  }
}
