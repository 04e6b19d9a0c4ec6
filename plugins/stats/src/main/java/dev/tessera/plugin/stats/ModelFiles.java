package dev.tessera.plugin.stats;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A saved model: per table {@code KIND_span.npy} (rows, first and last time in microseconds) and
 * {@code KIND_{items,categories}_{ids,rows}.npy}, all int64.
 */
final class ModelFiles {

  private final Path folder;

  ModelFiles(Path folder) {
    this.folder = folder;
  }

  void write(FittedTable table) {
    String name = table.kind().tableName();
    Npy.write(
        file(name, "span"), new long[] {table.rows(), table.firstMicros(), table.lastMicros()}, 3);
    write(name + "_items", table.items());
    write(name + "_categories", table.categories());
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws PluginException if the folder holds no model that was fitted on this table
   */
  FittedTable read(EventKind kind) {
    String name = kind.tableName();
    long[] span = readLongs(file(name, "span"));
    if (span.length != 3) {
      throw incompatible("wanted 3 values in %s_span.npy, found %d".formatted(name, span.length));
    }
    return new FittedTable(
        kind, span[0], span[1], span[2], read(name + "_items"), read(name + "_categories"));
  }

  private void write(String name, Popularity popularity) {
    int size = popularity.ids().length;
    Npy.write(file(name, "ids"), popularity.ids(), size);
    Npy.write(file(name, "rows"), Arrays.stream(popularity.rows()).asLongStream().toArray(), size);
  }

  private Popularity read(String name) {
    long[] ids = readLongs(file(name, "ids"));
    long[] rows = readLongs(file(name, "rows"));
    if (ids.length != rows.length) {
      throw incompatible(
          "%s: wanted as many ids as row counts, found %d and %d"
              .formatted(name, ids.length, rows.length));
    }
    return new Popularity(ids, Arrays.stream(rows).mapToInt(Math::toIntExact).toArray());
  }

  private long[] readLongs(Path file) {
    if (!Files.exists(file)) {
      throw incompatible("wanted " + file.getFileName() + ", found no such file");
    }
    return Npy.readLongs(file);
  }

  private Path file(String name, String part) {
    return folder.resolve(name + "_" + part + ".npy");
  }

  private PluginException incompatible(String what) {
    return new PluginException(
        ErrorCode.INCOMPATIBLE_MODEL,
        "%s holds no stats model of this configuration: %s; fit the step again"
            .formatted(folder, what));
  }
}
