package dev.tessera.host.data;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A folder in the challenge's layout, and which of its events to read.
 *
 * @param directory the top folder
 * @param mode which events
 */
public record DataSource(Path directory, Mode mode) {

  /** Which events of a folder count. */
  public enum Mode {
    /** All: the tables of the top folder. */
    SUBMIT,
    /** Those before the targets: the tables of {@code input/}. */
    LOCAL
  }

  static final String PRODUCT_FILE = "product_properties.parquet";
  static final String RELEVANT_FILE = "relevant_clients.npy";
  private static final String INPUT = "input";

  /** The folder of the event tables. */
  Path eventDirectory() {
    return mode == Mode.LOCAL ? directory.resolve(INPUT) : directory;
  }

  /** The file of one event table, whether it is there or not. */
  public Path eventFile(EventKind kind) {
    return eventDirectory().resolve(kind.tableName() + ".parquet");
  }

  /** The product file, whether it is there or not: a split need not repeat it. */
  public Path productFile() {
    Path beside = eventDirectory().resolve(PRODUCT_FILE);
    return Files.exists(beside) ? beside : directory.resolve(PRODUCT_FILE);
  }

  /** The list of the relevant clients, whether it is there or not; the same in both modes. */
  public Path relevantClientsFile() {
    return directory.resolve(INPUT).resolve(RELEVANT_FILE);
  }

  /**
   * Checks that there is something to read.
   *
   * @throws PluginException INVALID_CONFIG if the folder is missing or no folder, INVALID_DATA if
   *     it has none of the event tables
   */
  public void requireEvents() {
    if (!Files.isDirectory(directory)) {
      String found = Files.exists(directory) ? "found a file" : "there is no such folder";
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          directory + ": wanted a folder with event Parquet files, " + found);
    }
    Path events = eventDirectory();
    if (!Files.isDirectory(events)) {
      throw DataFault.invalid(
          events,
          "wanted the folder of the events before the targets (mode local), there is no such folder;"
              + " make a split, or use mode submit");
    }
    if (Arrays.stream(EventKind.values()).noneMatch(kind -> Files.exists(eventFile(kind)))) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          events
              + ": wanted at least one of "
              + String.join(
                  ", ",
                  Arrays.stream(EventKind.values())
                      .map(kind -> kind.tableName() + ".parquet")
                      .toList())
              + ", found none; give the folder that holds the event tables");
    }
  }
}
