package dev.tessera.host.synth;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.FileFault;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ChallengeSplit;
import dev.tessera.host.split.PropensityTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes a shop's log as the RecSys Challenge 2025 lays it out: five event tables and the product
 * table, {@code input/} (events before the train target, relevant clients) and {@code target/}
 * (purchases of the two windows, active clients, labels with their popularity). The bytes depend on
 * the plan alone, not on threads. Memory: two blocks a thread, a row group of each file, 15 bytes a
 * product, 8 bytes a relevant client.
 *
 * <p>Relevant clients came to the shop before the train target; 3 % of them have no event at all.
 * Active ones bought before the train target. All others are passers-by, most with few visits.
 */
public final class SyntheticShop {

  private static final int MAX_THREADS = 1_024;
  private static final long CLIENT_ORDER_SALT = 0x6f726465L;
  private static final Set<String> OWN_NAMES =
      Stream.concat(
              Arrays.stream(EventKind.values()).map(kind -> kind.tableName() + ".parquet"),
              Stream.of(ProductFile.NAME, "input", "target"))
          .collect(Collectors.toUnmodifiableSet());

  private final ShopPlan plan;
  private final Catalogue catalogue;
  private final BlockRows rows;

  private SyntheticShop(ShopPlan plan) {
    this.plan = plan;
    this.catalogue = new Catalogue(plan);
    this.rows = new BlockRows(plan, catalogue);
  }

  /**
   * Generates into {@code out}, which appears when all is done.
   *
   * @param force whether an earlier result at {@code out} is replaced
   * @param threads 1 to 1024
   * @param cancelled asked before every block of clients
   * @throws PluginException if {@code out} exists without {@code force}, holds anything else, or
   *     cannot be written, or if cancelled
   */
  public static ShopSummary write(
      ShopPlan plan,
      Path out,
      boolean force,
      int threads,
      ProgressDisplay display,
      BooleanSupplier cancelled) {
    ShopPlan.require("threads", threads, 1, MAX_THREADS);
    try (StagedFolder folder = StagedFolder.create(out, force, OWN_NAMES)) {
      for (Path leftover : folder.leftovers()) {
        display.line(leftover + ": left by another run; delete it if none is under way");
      }
      ShopSummary summary =
          new SyntheticShop(plan).fill(folder.path(), threads, display, cancelled);
      folder.commit();
      return summary;
    }
  }

  /**
   * Generates as above, and is never cancelled.
   *
   * @throws PluginException if {@code out} exists without {@code force}, holds anything else, or
   *     cannot be written
   */
  public static ShopSummary write(
      ShopPlan plan, Path out, boolean force, int threads, ProgressDisplay display) {
    return write(plan, out, force, threads, display, () -> false);
  }

  private ShopSummary fill(
      Path folder, int threads, ProgressDisplay display, BooleanSupplier cancelled) {
    makeFolder(folder.resolve("input"));
    makeFolder(folder.resolve("target"));
    new ProductFile(catalogue, plan.seed()).write(folder);
    PurchaseTally tally = new PurchaseTally(plan, catalogue);
    Map<EventKind, Long> counts = new EnumMap<>(EventKind.class);
    try (ShopFiles files = new ShopFiles(folder);
        Progress progress = display.start("generating", "clients", plan.clients())) {
      new ShopBlocks(plan, catalogue, rows, threads).run(files, tally, progress, cancelled);
      counts.putAll(files.commit());
    }
    writeClients(folder, tally);
    new PropensityTargets(tally).write(folder.resolve("target"));
    return new ShopSummary(counts, plan.clients(), plan.relevantClients(), trueSplit(tally));
  }

  private void writeClients(Path folder, PurchaseTally tally) {
    long[] relevant =
        IntStream.range(0, plan.relevantClients())
            .mapToLong(n -> rows.clientId(plan.relevantClient(n)))
            .toArray();
    long[] active =
        IntStream.range(0, plan.relevantClients())
            .filter(tally::isActive)
            .mapToLong(n -> relevant[n])
            .sorted()
            .toArray();
    shuffle(relevant);
    Npy.write(folder.resolve("input/relevant_clients.npy"), relevant, relevant.length);
    Npy.write(folder.resolve("target/active_clients.npy"), active, active.length);
  }

  private void shuffle(long[] ids) {
    ShopRandom random = new ShopRandom(ShopRandom.mix(plan.seed() ^ CLIENT_ORDER_SALT, 0));
    for (int i = ids.length - 1; i > 0; i--) {
      int other = random.below(i + 1);
      long id = ids[i];
      ids[i] = ids[other];
      ids[other] = id;
    }
  }

  /** The split by the last purchase; its windows must be those that the files were cut by. */
  private ChallengeSplit trueSplit(PurchaseTally tally) {
    ChallengeSplit planned = new ShopCalendar(plan.days()).split();
    ChallengeSplit split = ChallengeSplit.ofLastPurchase(ShopCalendar.micros(tally.lastSecond()));
    if (split.trainTargetStart() != planned.trainTargetStart()) {
      throw new PluginException(
          ErrorCode.INTERNAL, "the last purchase must be on the last day, was at " + split.end());
    }
    return split;
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be written", e);
    }
  }
}
