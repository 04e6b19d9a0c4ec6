package dev.tessera.host.data;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the one-line errors of this package; each starts with the file or folder it is about. */
final class DataFault {

  private DataFault() {}

  /** Input that is not what was wanted. */
  static PluginException invalid(Path where, String message) {
    return new PluginException(ErrorCode.INVALID_DATA, where + ": " + message);
  }

  /** One value that is not what was wanted; rows count from 0, as data frames do. */
  static PluginException invalidValue(Path file, String column, long row, String message) {
    return invalid(file, "column %s, row %d (from 0): %s".formatted(column, row, message));
  }

  /** A file that cannot be read. */
  static PluginException unreadable(Path file, IOException cause) {
    return FileFault.of(file, "cannot be read", cause);
  }

  /** A file or folder that cannot be made; says what to do. */
  static PluginException unwritable(Path file, IOException cause) {
    return new PluginException(
        ErrorCode.IO,
        file
            + ": cannot be written: "
            + FileFault.reason(file, cause)
            + "; make room or the folder writable, or give another workspace folder",
        cause);
  }
}
