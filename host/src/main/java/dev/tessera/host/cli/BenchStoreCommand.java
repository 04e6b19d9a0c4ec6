package dev.tessera.host.cli;

import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumn;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tessera bench store}: how fast, and in how much memory, page visits become a store. */
@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  tessera bench store --events 50000000",
    description = "Writes synthetic page visits, builds their event store, and opens it again.")
public final class BenchStoreCommand implements Callable<Integer> {

  private static final int BATCH_ROWS = 1 << 16;
  private static final long DAYS = 150;
  private static final long FIRST_MICROS = 1_656_000_000_000_000L;
  private static final long WARM_UP_EVENTS = 200_000;

  @Spec private CommandSpec spec;

  @Option(names = "--events", defaultValue = "20000000", description = "page visits")
  private long events;

  @Option(names = "--clients", defaultValue = "1000000", description = "clients")
  private int clients;

  @Option(names = "--urls", defaultValue = "1000000", description = "urls")
  private int urls;

  @Option(names = "--threads", description = "threads of the build (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--temp", description = "folder for the files (default: the system's)")
  private Path temp;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder =
        temp == null
            ? Files.createTempDirectory("tessera-bench")
            : Files.createTempDirectory(Files.createDirectories(temp), "tessera-bench");
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE)) {
      // Loads the native libraries and compiles the loops, as a store's smaller tables would.
      Path small = write(folder.resolve("small"), WARM_UP_EVENTS);
      EventStore.open(source(small), folder.resolve("warm-up"), options(memory.work())).close();
      Path data = write(folder.resolve("data"), events);
      measure(out, data, folder.resolve("workspace"), memory.work());
    } finally {
      delete(folder);
    }
    return 0;
  }

  private void measure(PrintWriter out, Path data, Path workspace, BufferAllocator allocator) {
    ProcessMemory.resetPeak();
    long before = ProcessMemory.residentBytes();
    long start = System.nanoTime();
    EventStore store = EventStore.open(source(data), workspace, options(allocator));
    double buildSeconds = (System.nanoTime() - start) / 1e9;
    long peak = ProcessMemory.peakBytes() - before;
    long size = store.summary().sizeBytes();
    store.close();
    start = System.nanoTime();
    EventStore.open(source(data), workspace, options(allocator)).close();
    double openSeconds = (System.nanoTime() - start) / 1e9;
    out.printf(
        Locale.ROOT,
        "%,d visits, %,d clients, %,d urls, %d threads%n"
            + "build      %.2f s, %.2f M events/s%n"
            + "store      %.0f MB%n"
            + "peak       %.0f MB above the start, %.2f x the store%n"
            + "warm open  %.3f s%n",
        events,
        clients,
        urls,
        threads,
        buildSeconds,
        events / buildSeconds / 1e6,
        size / 1e6,
        peak / 1e6,
        (double) peak / size,
        openSeconds);
    out.flush();
  }

  private StoreOptions options(BufferAllocator allocator) {
    return new StoreOptions(allocator, threads, ProgressDisplay.silent(), () -> false);
  }

  private static DataSource source(Path folder) {
    return new DataSource(folder, DataSource.Mode.SUBMIT);
  }

  /** Visits in random order; clients and urls have heavy tails. */
  private Path write(Path folder, long rows) throws IOException {
    Files.createDirectories(folder);
    long[] clientIds = new long[BATCH_ROWS];
    long[] times = new long[BATCH_ROWS];
    long[] urlIds = new long[BATCH_ROWS];
    SplittableRandom random = new SplittableRandom(1);
    List<ParquetColumn> columns =
        List.of(
            new ParquetColumn.Int64("client_id"),
            new ParquetColumn.TimestampMicros("timestamp"),
            new ParquetColumn.Int64("url"));
    List<ColumnValues> values =
        List.of(
            new ColumnValues.Longs(clientIds),
            new ColumnValues.Longs(times),
            new ColumnValues.Longs(urlIds));
    try (ParquetColumnWriter writer =
        new ParquetColumnWriter(
            folder.resolve("page_visit.parquet"),
            columns,
            ParquetRowGroupLimit.DEFAULT,
            Map.of())) {
      for (long row = 0; row < rows; row += BATCH_ROWS) {
        int batch = (int) Math.min(BATCH_ROWS, rows - row);
        for (int i = 0; i < batch; i++) {
          clientIds[i] = 12L * skewed(random, clients);
          times[i] = FIRST_MICROS + random.nextLong(DAYS * 86_400) * 1_000_000;
          urlIds[i] = 3L * skewed(random, urls);
        }
        writer.write(batch, values);
      }
      writer.commit();
    }
    return folder;
  }

  private static int skewed(SplittableRandom random, int bound) {
    double uniform = random.nextDouble();
    return (int) (bound * uniform * uniform);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
