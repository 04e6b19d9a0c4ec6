package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command is told to write. */
final class OutputFile {

  private OutputFile() {}

  /**
   * Looks at the place of a file before the work whose result it is to hold.
   *
   * @param option that names it, {@code --out}
   * @throws PluginException INVALID_CONFIG if there is no folder to put it into
   */
  static void require(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw refused(option, file, "there is no folder " + folder + "; make it");
    }
    if (Files.isDirectory(file)) {
      throw refused(option, file, "that is a folder; name a file in it");
    }
    if (!Files.isWritable(folder)) {
      throw refused(option, file, folder + " may not be written to; choose another folder");
    }
  }

  private static PluginException refused(String option, Path file, String why) {
    return new PluginException(
        ErrorCode.INVALID_CONFIG, "%s %s cannot be written: %s".formatted(option, file, why));
  }
}
