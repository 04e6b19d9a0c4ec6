package dev.tessera.host.split;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.FileFault;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventRows;
import dev.tessera.host.data.ProductRows;
import dev.tessera.host.data.RelevantClients;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.data.Workers;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import dev.tessera.host.split.ChallengeSplit.Part;
import dev.tessera.host.split.LabelRanking.Label;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Splits a folder of events in time, in place: writes {@code input/TABLE.parquet} (rows before the
 * train target, in the tables' order), {@code target/train_target.parquet} and {@code
 * target/validation_target.parquet} (purchases with their product's properties), and in {@code
 * target/} the labels, popularity and active clients that are not there yet.
 *
 * <p>Every file appears whole. {@code target/split.json} is removed first and written last, so a
 * folder with it is whole. Label files that an earlier split made are made again; those of others
 * are kept. Memory: the product table, 24 bytes a product bought, and a row group of each table
 * that is being written.
 */
public final class LogSplit {

  private final SplitRequest request;
  private final StoreOptions options;
  private final DataSource source;
  private final Path input;
  private final Path target;

  /**
   * A split; nothing happens before {@link #write}.
   *
   * @param options memory, threads (as many tables are read side by side), progress, cancellation
   */
  public LogSplit(SplitRequest request, StoreOptions options) {
    this.request = request;
    this.options = options;
    this.source = new DataSource(request.data(), DataSource.Mode.SUBMIT);
    this.input = request.data().resolve("input");
    this.target = request.data().resolve("target");
  }

  /**
   * Splits.
   *
   * @throws PluginException if the folder has no events or no purchase, nothing would be left as
   *     input, a file is broken, or the folder cannot be written
   */
  public SplitSummary write() {
    source.requireEvents();
    Optional<ClientSelection> relevant = RelevantClients.read(source.relevantClientsFile());
    ProductRows products =
        ProductRows.read(source.productFile(), PurchaseCounts.UNKNOWN, options.allocator());
    try (Workers workers = new Workers(options.threads(), options.cancelled())) {
      ChallengeSplit split = findSplit(workers);
      Set<String> madeBefore =
          SplitSummary.read(target).map(before -> Set.copyOf(before.made())).orElse(Set.of());
      prepareFolders();
      LogPurchases purchases = new LogPurchases(split, products);
      Map<EventKind, SplitSummary.Rows> rows = new ConcurrentHashMap<>();
      long[] unknown = new long[1];
      List<Runnable> tasks = new ArrayList<>();
      for (EventKind kind : EventKind.values()) {
        if (kind == EventKind.PRODUCT_BUY) {
          tasks.add(() -> rows.put(kind, writePurchases(split, products, purchases, unknown)));
        } else {
          tasks.add(() -> rows.put(kind, writeInput(kind, split, workers)));
        }
      }
      workers.run(tasks);
      TargetFiles files = new TargetFiles(target, madeBefore);
      writeLabels(files, purchases, purchases.activeClients(relevant));
      SplitSummary summary = summary(split, rows, unknown[0], files);
      summary.write(target);
      return summary;
    }
  }

  private ChallengeSplit findSplit(Workers workers) {
    Map<EventKind, long[]> spans = new ConcurrentHashMap<>();
    List<Runnable> tasks = new ArrayList<>();
    for (EventKind kind : EventKind.values()) {
      tasks.add(() -> spans.put(kind, span(source.eventFile(kind), request.end())));
    }
    workers.run(tasks);
    long[] purchases = spans.get(EventKind.PRODUCT_BUY);
    if (purchases[0] > purchases[1]) {
      throw invalid(
          source.eventFile(EventKind.PRODUCT_BUY)
              + ": wanted a purchase"
              + (request.end().isPresent() ? " up to the end given" : "")
              + ", for targets are purchases; found none");
    }
    ChallengeSplit split = ChallengeSplit.of(request.end().orElse(purchases[1]), request.days());
    long first = spans.values().stream().mapToLong(span -> span[0]).min().orElseThrow();
    if (first >= split.trainTargetStart()) {
      throw invalid(
          "%s: two targets of %d days would start at %s, before the first event (%s): nothing would be left as input; give fewer --days or a later --end"
              .formatted(
                  request.data(),
                  request.days(),
                  SplitSummary.time(split.trainTargetStart()),
                  SplitSummary.time(first)));
    }
    return split;
  }

  /** The first and last time of a table up to an end; the first is later than the last if none. */
  private long[] span(Path file, java.util.OptionalLong end) {
    long[] span = {Long.MAX_VALUE, Long.MIN_VALUE};
    long last = end.orElse(Long.MAX_VALUE);
    EventRows.readTimes(
        file,
        options.allocator(),
        micros -> {
          if (micros <= last) {
            span[0] = Math.min(span[0], micros);
            span[1] = Math.max(span[1], micros);
          }
        });
    return span;
  }

  private void prepareFolders() {
    try {
      Files.createDirectories(input);
      Files.createDirectories(target);
      Files.deleteIfExists(target.resolve(SplitSummary.FILE));
    } catch (IOException e) {
      throw unwritable(request.data(), e);
    }
  }

  private SplitSummary.Rows writePurchases(
      ChallengeSplit split, ProductRows products, LogPurchases counts, long[] unknown) {
    try (TargetRows train =
            new TargetRows(target.resolve(SplitTables.TRAIN_TARGET), Part.TRAIN_TARGET, products);
        TargetRows validation =
            new TargetRows(
                target.resolve(SplitTables.VALIDATION_TARGET), Part.VALIDATION_TARGET, products)) {
      SplitSummary.Rows rows =
          cut(
              EventKind.PRODUCT_BUY,
              split,
              batch -> {
                counts.add(batch);
                try {
                  train.add(batch, split);
                  validation.add(batch, split);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      train.commit();
      validation.commit();
      unknown[0] = train.unknownProducts() + validation.unknownProducts();
      return rows;
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private SplitSummary.Rows writeInput(EventKind kind, ChallengeSplit split, Workers workers) {
    return cut(kind, split, batch -> workers.check());
  }

  /** Writes a table's input; {@code all} sees every batch whole before. */
  private SplitSummary.Rows cut(EventKind kind, ChallengeSplit split, EventRows.Consumer all) {
    Path path = input.resolve(kind.tableName() + ".parquet");
    Map<Part, Long> counts = new EnumMap<>(Part.class);
    try (ParquetColumnWriter file =
        new ParquetColumnWriter(
            path, SplitTables.events(kind), ParquetRowGroupLimit.DEFAULT, Map.of())) {
      EventRows.read(
          source.eventFile(kind),
          kind,
          options.allocator(),
          batch -> {
            all.accept(batch);
            for (int row = 0; row < batch.rows(); row++) {
              counts.merge(split.part(batch.micros(row)), 1L, Long::sum);
            }
            batch.keepTimes(micros -> split.part(micros) == Part.INPUT);
            try {
              file.write(batch.rows(), batch.columns());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      file.commit();
    } catch (IOException e) {
      throw unwritable(path, e);
    } catch (UncheckedIOException e) {
      throw unwritable(path, e.getCause());
    }
    return new SplitSummary.Rows(
        counts.getOrDefault(Part.INPUT, 0L),
        counts.getOrDefault(Part.TRAIN_TARGET, 0L),
        counts.getOrDefault(Part.VALIDATION_TARGET, 0L),
        counts.getOrDefault(Part.AFTER_END, 0L));
  }

  private static void writeLabels(TargetFiles files, LogPurchases purchases, long[] active) {
    files.make("active_clients.npy", file -> Npy.write(file, active, active.length));
    PropensityTargets targets = new PropensityTargets(purchases);
    for (Map.Entry<String, List<Label>> labels : targets.rank().entrySet()) {
      String what = labels.getKey();
      files.makePair(
          PropensityTargets.labelFile(what),
          file -> PropensityTargets.writeLabels(file, labels.getValue()),
          PropensityTargets.popularityFile(what),
          file -> targets.writePopularity(file, labels.getValue()));
    }
  }

  private SplitSummary summary(
      ChallengeSplit split,
      Map<EventKind, SplitSummary.Rows> rows,
      long unknown,
      TargetFiles files) {
    Map<String, SplitSummary.Rows> byName = new java.util.TreeMap<>();
    rows.forEach((kind, counts) -> byName.put(kind.tableName(), counts));
    return new SplitSummary(
        request.days(),
        SplitSummary.time(split.end()),
        SplitSummary.time(split.trainTargetStart()),
        SplitSummary.time(split.validationTargetStart()),
        byName,
        unknown,
        files.made(),
        files.kept());
  }

  private static PluginException invalid(String message) {
    return new PluginException(ErrorCode.INVALID_DATA, message);
  }

  static PluginException unwritable(Path path, IOException e) {
    return new PluginException(
        ErrorCode.IO,
        path
            + ": cannot be written: "
            + FileFault.reason(path, e)
            + "; make room or the folder writable",
        e);
  }
}
