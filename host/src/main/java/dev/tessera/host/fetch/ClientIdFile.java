package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads a list of client ids: a NumPy int64 array, or a text with one id a line. */
public final class ClientIdFile {

  private ClientIdFile() {}

  /**
   * The ids in the file's order, repeats kept.
   *
   * @param file a {@code .npy} file, or any other, which is read as text; blank lines are skipped
   * @throws PluginException if the file cannot be read or holds no id; names the line at fault
   */
  public static long[] read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, file + ": wanted a file of client ids, found no such file");
    }
    long[] ids = file.toString().endsWith(".npy") ? Npy.readLongs(file) : readText(file);
    if (ids.length == 0) {
      throw new PluginException(
          ErrorCode.INVALID_DATA, file + ": wanted client ids, found none; one id a line");
    }
    return ids;
  }

  private static long[] readText(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new PluginException(
          ErrorCode.INVALID_DATA, file + ": wanted a text with one client id a line", e);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
    long[] ids = new long[lines.size()];
    int count = 0;
    for (int line = 0; line < lines.size(); line++) {
      String text = lines.get(line).strip();
      if (!text.isEmpty()) {
        ids[count++] = parse(text, file, line + 1);
      }
    }
    return Arrays.copyOf(ids, count);
  }

  private static long parse(String text, Path file, int line) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "%s line %d: wanted a client id (int64), found '%s'".formatted(file, line, text),
          e);
    }
  }
}
