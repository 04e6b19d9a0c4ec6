package dev.tessera.host.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tessera.api.EventKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of a store. All but {@code store.json} are uncompressed Arrow IPC files of one record
 * batch, so any Arrow implementation can read them. {@code store.json} is written last and says how
 * large the others are: a folder without it, or with files of other sizes, is no store.
 */
final class StoreFiles {

  /** To be raised whenever the files' content changes for the same source. */
  static final int FORMAT = 1;

  static final String CLIENTS = "clients.arrow";
  static final String OFFSETS = "offsets.arrow";
  static final String PRODUCTS = "products.arrow";
  static final String CATEGORIES = "categories.arrow";
  static final String PRICES = "prices.arrow";
  static final String URLS = "urls.arrow";
  static final String QUERIES = "queries.arrow";
  private static final String SUMMARY = "store.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private StoreFiles() {}

  /** The file of an event table. */
  static String table(EventKind kind) {
    return kind.tableName() + ".arrow";
  }

  /** The files in a folder and their sizes in bytes. */
  static Map<String, Long> sizes(Path folder) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals(SUMMARY)) {
          sizes.put(name, Files.size(file));
        }
      }
    }
    return sizes;
  }

  /** Writes {@code store.json}, and with it makes the folder a store. */
  static void writeSummary(Path folder, StoreSummary summary) throws IOException {
    JSON.writeValue(folder.resolve(SUMMARY).toFile(), summary);
  }

  /** What a folder's {@code store.json} says, or nothing if the folder is no whole store. */
  static Optional<StoreSummary> readSummary(Path folder) {
    Path file = folder.resolve(SUMMARY);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      StoreSummary summary = JSON.readValue(file.toFile(), StoreSummary.class);
      boolean whole = summary.format() == FORMAT && summary.files().equals(sizes(folder));
      return whole ? Optional.of(summary) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // damaged: to be built anew
    }
  }
}
