package dev.tessera.host.synth;

import dev.tessera.api.EventKind;
import dev.tessera.host.split.ChallengeSplit.Part;
import dev.tessera.host.split.SplitTables;
import dev.tessera.host.synth.BlockRows.Block;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The twelve Parquet files that take rows of every block. Owns the files until {@link #close}. */
final class ShopFiles implements AutoCloseable {

  private final List<FileLane> lanes = new ArrayList<>();
  private final Map<EventKind, FileLane> tables = new EnumMap<>(EventKind.class);

  /** Creates the files; {@code folder} has the folders {@code input} and {@code target}. */
  ShopFiles(Path folder) {
    try {
      for (EventKind kind : EventKind.values()) {
        String name = kind.tableName() + ".parquet";
        FileLane table =
            new FileLane(
                folder.resolve(name), SplitTables.events(kind), block -> block.all().get(kind));
        lanes.add(table);
        tables.put(kind, table);
        lanes.add(
            new FileLane(
                folder.resolve("input").resolve(name),
                SplitTables.events(kind),
                block -> block.input().get(kind)));
      }
      addTarget(folder, SplitTables.TRAIN_TARGET, Part.TRAIN_TARGET);
      addTarget(folder, SplitTables.VALIDATION_TARGET, Part.VALIDATION_TARGET);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void addTarget(Path folder, String name, Part part) {
    lanes.add(
        new FileLane(
            folder.resolve("target").resolve(name),
            SplitTables.targets(),
            block -> block.targets().get(part)));
  }

  /** Writes {@code block} to all files; blocks land in the order of these calls. */
  CompletableFuture<Void> append(CompletableFuture<Block> block, Executor executor) {
    return CompletableFuture.allOf(
        lanes.stream()
            .map(lane -> lane.append(block, executor))
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Finishes all files; returns the rows of the event tables. */
  Map<EventKind, Long> commit() {
    lanes.forEach(FileLane::commit);
    Map<EventKind, Long> rows = new EnumMap<>(EventKind.class);
    tables.forEach((kind, lane) -> rows.put(kind, lane.rows()));
    return rows;
  }

  @Override
  public void close() {
    lanes.forEach(FileLane::close);
  }
}
