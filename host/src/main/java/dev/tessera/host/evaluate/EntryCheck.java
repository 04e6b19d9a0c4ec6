package dev.tessera.host.evaluate;

import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The checks that the challenge makes of an entry: files, types, shapes, lengths, dimension, finite
 * values, and that the clients are the relevant ones, each once, in any order. Every failure is
 * listed, not the first alone.
 */
public final class EntryCheck {

  /** The challenge's limit on D. */
  public static final int MOST_COLUMNS = 2048;

  private final List<String> failures = new ArrayList<>();
  private final EmbeddingFolder entry;

  private EntryCheck(Path folder) {
    this.entry = new EmbeddingFolder(folder);
  }

  /**
   * Checks an entry.
   *
   * @param folder holds {@code client_ids.npy} and {@code embeddings.npy}
   * @param data the data folder whose relevant clients are wanted; without it, clients are only
   *     checked for repeats
   * @return what is wrong, a line each; empty if nothing is
   */
  public static List<String> failures(Path folder, Optional<Path> data) {
    EntryCheck check = new EntryCheck(folder);
    check.run(data);
    return List.copyOf(check.failures);
  }

  private void run(Optional<Path> data) {
    Optional<Npy.Header> ids = header(entry.clientIds());
    Optional<Npy.Header> values = header(entry.halves());
    ids.ifPresent(header -> checkIds(header, data));
    values.ifPresent(this::checkValues);
    if (ids.isPresent() && values.isPresent()) {
      int clients = length(ids.get());
      int rows = length(values.get());
      if (clients != rows) {
        fail("wanted one embedding for each client id, found %d ids and %d rows", clients, rows);
      }
    }
  }

  private static int length(Npy.Header header) {
    return header.shape().length == 0 ? 0 : header.shape()[0];
  }

  private Optional<Npy.Header> header(Path file) {
    if (!Files.exists(file)) {
      fail("wanted a file %s, found none", file);
      return Optional.empty();
    }
    try {
      return Optional.of(Npy.header(file));
    } catch (PluginException e) {
      fail("%s", e.getMessage());
      return Optional.empty();
    }
  }

  private void checkIds(Npy.Header header, Optional<Path> data) {
    Path file = entry.clientIds();
    if (!header.dtype().equals("<i8")) {
      fail("%s: wanted int64 (<i8), found %s", file.getFileName(), header);
    }
    if (header.shape().length != 1) {
      fail("%s: wanted one dimension, found %s", file.getFileName(), header);
    }
    if (header.dtype().equals("<i8") && header.shape().length == 1) {
      long[] ids = Npy.readLongs(file);
      Arrays.sort(ids);
      checkRepeats(ids);
      data.ifPresent(folder -> checkRelevant(ids, folder));
    }
  }

  private void checkRepeats(long[] sorted) {
    int repeats = 0;
    long first = 0;
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        first = repeats++ == 0 ? sorted[i] : first;
      }
    }
    if (repeats > 0) {
      fail("wanted each client id once, found %d repeats, first of %d", repeats, first);
    }
  }

  private void checkRelevant(long[] sorted, Path data) {
    Path file = new DataSource(data, DataSource.Mode.SUBMIT).relevantClientsFile();
    if (!Files.exists(file)) {
      fail(
          "wanted the list of relevant clients %s (int64) to compare with, found none; the challenge's data and `tessera data synth` have it: write it, or leave out --data, then all but the clients is checked",
          file);
      return;
    }
    long[] relevant = Npy.readLongs(file);
    Arrays.sort(relevant);
    countOutside(relevant, sorted, "%d relevant clients are missing, the first is %d");
    countOutside(sorted, relevant, "%d clients are not relevant, the first is %d");
  }

  private void countOutside(long[] ids, long[] all, String message) {
    int outside = 0;
    long first = 0;
    for (long id : ids) {
      if (Arrays.binarySearch(all, id) < 0) {
        first = outside++ == 0 ? id : first;
      }
    }
    if (outside > 0) {
      fail(message, outside, first);
    }
  }

  private void checkValues(Npy.Header header) {
    String name = entry.halves().getFileName().toString();
    if (!header.dtype().equals("<f2")) {
      fail("%s: wanted float16 (<f2), found %s", name, header);
    }
    if (header.shape().length != 2) {
      fail("%s: wanted two dimensions, clients × columns, found %s", name, header);
      return;
    }
    if (header.shape()[1] > MOST_COLUMNS || header.shape()[1] < 1) {
      fail("%s: wanted 1 to %d columns, found %d", name, MOST_COLUMNS, header.shape()[1]);
    }
    if (header.dtype().matches("<f[24]") && header.size() > 0) {
      checkFinite(header, name);
    }
  }

  private void checkFinite(Npy.Header header, String name) {
    long[] counts = new long[2];
    String[] first = new String[2];
    EmbeddingMatrix matrix = EmbeddingMatrix.ofValues(entry.halves(), header);
    float[] values = new float[matrix.dimension()];
    for (int row = 0; row < matrix.rows(); row++) {
      matrix.read(row, values, 0);
      for (int c = 0; c < values.length; c++) {
        if (!Float.isFinite(values[c])) {
          int kind = Float.isNaN(values[c]) ? 0 : 1;
          if (counts[kind]++ == 0) {
            first[kind] = "row %d, column %d".formatted(row, c);
          }
        }
      }
    }
    for (int kind = 0; kind < 2; kind++) {
      if (counts[kind] > 0) {
        fail(
            "%s: wanted finite values, found %d %s, the first in %s",
            name, counts[kind], kind == 0 ? "NaN" : "infinite", first[kind]);
      }
    }
  }

  private void fail(String format, Object... values) {
    failures.add(format.formatted(values));
  }
}
