package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns what a build has counted into a {@link StoreSummary} and its warnings. */
final class Summaries {

  private Summaries() {}

  static StoreSummary store(
      DataSource source,
      SourceFingerprint fingerprint,
      StoreSummary.Clients clients,
      List<StoreSummary.Table> tables,
      StoreSummary.Products products,
      Map<String, Long> files) {
    return new StoreSummary(
        StoreFiles.FORMAT,
        fingerprint.value(),
        source.mode().name().toLowerCase(Locale.ROOT),
        fingerprint.sources(),
        clients,
        tables,
        products,
        warnings(source, clients, tables, products),
        files);
  }

  static StoreSummary.Table table(EventColumns columns, EventPlacement placement) {
    boolean any = placement.rows() > 0;
    return new StoreSummary.Table(
        columns.kind().tableName(),
        columns.table().isPresent(),
        placement.rows(),
        columns.droppedRows(),
        columns.clients().size(),
        EventColumns.itemColumn(columns.kind()),
        columns.distinctItems(),
        placement.unknownRows(),
        columns.nulls(),
        any ? time(placement.firstTime()) : "",
        any ? time(placement.lastTime()) : "");
  }

  static StoreSummary.Clients clients(Vocabulary vocabulary, int[][] offsets, boolean listed) {
    int withEvents = 0;
    for (int client = 0; client < vocabulary.clients().length; client++) {
      boolean any = false;
      for (int[] table : offsets) {
        any |= table[client] < table[client + 1];
      }
      if (any && vocabulary.relevant().indexOf(vocabulary.clients()[client]) >= 0) {
        withEvents++;
      }
    }
    return new StoreSummary.Clients(
        vocabulary.clients().length, vocabulary.relevant().size(), withEvents, listed);
  }

  static StoreSummary.Products products(ProductColumns products, Vocabulary vocabulary) {
    int skus = vocabulary.skus().length;
    return new StoreSummary.Products(
        products.present(),
        products.fileRows(),
        skus,
        skus - vocabulary.knownSkus().cardinality(),
        products.categories().size(),
        products.prices().size(),
        products.nulls());
  }

  private static List<String> warnings(
      DataSource source,
      StoreSummary.Clients clients,
      List<StoreSummary.Table> tables,
      StoreSummary.Products products) {
    List<String> warnings = new ArrayList<>();
    for (StoreSummary.Table table : tables) {
      Path file = source.eventFile(EventKind.valueOf(table.name().toUpperCase(Locale.ROOT)));
      if (!table.present()) {
        warnings.add(file + ": no such file; " + table.name() + " is taken to be empty");
      }
      if (table.droppedRows() > 0) {
        warnings.add(
            "%s: left out %d rows with nulls (%s)"
                .formatted(file, table.droppedRows(), table.nulls()));
      }
    }
    if (!products.present()) {
      warnings.add(source.productFile() + ": no such file; all skus count as unknown products");
    }
    long skuNulls = products.nulls().getOrDefault("sku", 0L);
    if (skuNulls > 0) {
      warnings.add(source.productFile() + ": left out " + skuNulls + " rows without a sku");
    }
    if (!clients.listed()) {
      warnings.add(
          source.relevantClientsFile() + ": no such file; all clients with events are relevant");
    }
    return warnings;
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
