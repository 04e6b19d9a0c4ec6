package dev.tessera.host.data;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Builds a store: reads the client and item columns of all tables side by side, then knows every
 * id, then places one table after the other. The bytes do not depend on the number of threads.
 */
final class StoreBuilder implements AutoCloseable {

  private final DataSource source;
  private final Path folder;
  private final BuildScope scope;
  private final List<EventColumns> tables = new ArrayList<>();

  /** A builder that writes to {@code folder}, which exists and is empty. */
  StoreBuilder(DataSource source, Path folder, BuildScope scope) {
    this.source = source;
    this.folder = folder;
    this.scope = scope;
  }

  /** Reads the source and writes all files, {@code store.json} last; call once. */
  void build(SourceFingerprint fingerprint) throws IOException {
    Optional<ClientSelection> listed = RelevantClients.read(source.relevantClientsFile());
    for (EventKind kind : EventKind.values()) {
      tables.add(new EventColumns(kind, open(source.eventFile(kind)), scope));
    }
    ProductColumns products = readColumns(open(source.productFile()));
    Vocabulary vocabulary = Vocabulary.of(tables, products, listed);

    StoreWriter writer = new StoreWriter(folder, scope.allocator());
    writer.writeClients(vocabulary.clients(), vocabulary.relevant());
    writer.writeProducts(vocabulary.skus(), products);
    writer.writeIds(StoreFiles.URLS, "url", vocabulary.urls());
    writer.writeQueries(Vocabulary.queries(tables), vocabulary.queryOrder());
    int[][] offsets = new int[tables.size()][];
    StoreSummary.Table[] summaries = new StoreSummary.Table[tables.size()];
    for (EventColumns table : largestFirst()) {
      int index = table.kind().ordinal();
      try (table;
          EventPlacement placement = new EventPlacement(table, vocabulary.clients(), scope)) {
        placement.place(
            vocabulary.itemOfCode(table),
            item -> vocabulary.isKnown(table.kind().itemKind(), item));
        placement.write(folder.resolve(StoreFiles.table(table.kind())));
        offsets[index] = placement.offsets();
        summaries[index] = Summaries.table(table, placement);
      }
    }
    writer.writeOffsets(offsets);
    StoreFiles.writeSummary(
        folder,
        Summaries.store(
            source,
            fingerprint,
            Summaries.clients(vocabulary, offsets, listed.isPresent()),
            List.of(summaries),
            Summaries.products(products, vocabulary),
            StoreFiles.sizes(folder)));
  }

  /** Frees what an unfinished build holds. */
  @Override
  public void close() {
    tables.forEach(EventColumns::close);
  }

  private Optional<ParquetTable> open(Path file) {
    return Files.exists(file)
        ? Optional.of(ParquetTable.open(file, scope.allocator()))
        : Optional.empty();
  }

  /** Checks all files before the long work, then reads them. */
  private ProductColumns readColumns(Optional<ParquetTable> productTable) {
    AtomicReference<ProductColumns> products = new AtomicReference<>();
    List<Runnable> first = new ArrayList<>();
    first.add(() -> products.set(ProductColumns.read(productTable, scope.workers())));
    tables.forEach(table -> first.add(table::prepare));
    scope.workers().run(first);
    List<Runnable> second = new ArrayList<>();
    for (EventColumns table : largestFirst()) {
      second.add(table::encodeItems);
      second.add(table::encodeClients);
    }
    scope.workers().run(second);
    return products.get();
  }

  private List<EventColumns> largestFirst() {
    return tables.stream()
        .sorted(Comparator.comparingInt(EventColumns::fileRows).reversed())
        .toList();
  }
}
