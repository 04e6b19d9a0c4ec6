package dev.tessera.host.evaluate;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventRows;
import dev.tessera.host.data.IdDictionary;
import dev.tessera.host.split.PropensityTargets;
import dev.tessera.host.split.SplitSummary;
import dev.tessera.host.split.SplitTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/** What a split data folder says of who bought what in the two windows: read once, then matched. */
public final class TargetFolder {

  private static final String ACTIVE = "active_clients.npy";

  private final Path data;
  private final Path folder;
  private final TargetWindow train;
  private final TargetWindow validation;
  private final Optional<IdDictionary> relevant;
  private final Map<Task, Labels> labels = new HashMap<>();

  private record Labels(IdDictionary ids, double[] popularity, Optional<String> whyNot) {}

  private TargetFolder(Path data, BufferAllocator allocator) {
    this.data = data;
    this.folder = data.resolve("target");
    requireSplit();
    this.train = TargetWindow.read(folder.resolve(SplitTables.TRAIN_TARGET), allocator);
    this.validation = TargetWindow.read(folder.resolve(SplitTables.VALIDATION_TARGET), allocator);
    requireOneSplit(allocator);
    Path relevantFile = new DataSource(data, DataSource.Mode.LOCAL).relevantClientsFile();
    this.relevant =
        Files.exists(relevantFile) ? Optional.of(dictionary(relevantFile)) : Optional.empty();
    for (Task task : Task.all()) {
      task.labels().ifPresent(what -> labels.put(task, labels(task, what)));
    }
  }

  /**
   * Reads a folder's targets.
   *
   * @param data the folder that was split
   * @throws PluginException if there are no targets, if they are of another split than the input,
   *     or if a label file does not fit its popularity or the purchases
   */
  public static TargetFolder read(Path data, BufferAllocator allocator) {
    return new TargetFolder(data, allocator);
  }

  /**
   * The tasks for the clients of an embedding.
   *
   * @throws PluginException if the data lacks a client of the embedding
   */
  List<TaskData> tasks(EmbeddingMatrix embedding, List<Task> wanted) {
    IdDictionary rowOfClient = new IdDictionary(embedding.rows());
    for (long client : embedding.clients()) {
      int before = rowOfClient.size();
      if (rowOfClient.add(client) < before) {
        throw invalid("%s: wanted each client once, found %d twice".formatted(embedding, client));
      }
    }
    requireKnown(embedding);
    int[] trainRows = train.rows(rowOfClient);
    int[] validationRows = validation.rows(rowOfClient);
    List<TaskData> tasks = new ArrayList<>();
    for (Task task : wanted) {
      tasks.add(
          task.isPropensity()
              ? propensity(task, trainRows, validationRows, embedding.rows())
              : leaving(task, rowOfClient, trainRows, validationRows, embedding.rows()));
    }
    return tasks;
  }

  private void requireKnown(EmbeddingMatrix embedding) {
    if (relevant.isEmpty()) {
      return;
    }
    long first = 0;
    int unknown = 0;
    for (long client : embedding.clients()) {
      if (relevant.get().find(client) < 0) {
        first = unknown++ == 0 ? client : first;
      }
    }
    if (unknown > 0) {
      throw invalid(
          "%s: %d of its clients (the first is %d) are not among the %d relevant clients of %s; give the data that the embedding was made from"
              .formatted(embedding, unknown, first, relevant.get().size(), data));
    }
  }

  private TaskData propensity(Task task, int[] trainRows, int[] validationRows, int clients) {
    Labels known = labels.get(task);
    if (known.whyNot().isPresent()) {
      return TaskData.none(task, known.whyNot().get());
    }
    TargetMatrix learnt = train.matrix(task.column(), known.ids(), trainRows, clients);
    TargetMatrix scored = validation.matrix(task.column(), known.ids(), validationRows, clients);
    if (learnt.size() == 0 || scored.size() == 0) {
      return TaskData.none(
          task,
          "none of these %d clients bought one of its %d labels in the %s target"
              .formatted(clients, known.ids().size(), learnt.size() == 0 ? "train" : "validation"));
    }
    int[] all = new int[clients];
    Arrays.setAll(all, row -> row);
    return new TaskData(task, all, learnt, scored, known.popularity(), Optional.empty());
  }

  private TaskData leaving(
      Task task, IdDictionary rowOfClient, int[] trainRows, int[] validationRows, int clients) {
    int[] rows;
    if (task == Task.CHURN) {
      Path file = folder.resolve(ACTIVE);
      if (!Files.exists(file)) {
        return TaskData.none(task, "no " + file + "; 'tessera data split' makes it");
      }
      rows = activeRows(file, rowOfClient);
      if (rows.length == 0) {
        return TaskData.none(task, "none of these %d clients is in %s".formatted(clients, file));
      }
    } else {
      rows = new int[clients];
      Arrays.setAll(rows, row -> row);
    }
    TargetMatrix learnt = withoutPurchase(rows, trainRows, clients);
    TargetMatrix scored = withoutPurchase(rows, validationRows, clients);
    for (TargetMatrix window : List.of(learnt, scored)) {
      int left = window.positives(0).length;
      if (left == 0 || left == rows.length) {
        return TaskData.none(
            task,
            "%s of %d clients bought in the %s target, so there is one class only"
                .formatted(
                    left == 0 ? "all" : "none",
                    rows.length,
                    window == learnt ? "train" : "validation"));
      }
    }
    return new TaskData(task, rows, learnt, scored, new double[0], Optional.empty());
  }

  private static int[] activeRows(Path file, IdDictionary rowOfClient) {
    BitSet active = new BitSet();
    for (long client : Npy.readLongs(file)) {
      int row = rowOfClient.find(client);
      if (row >= 0) {
        active.set(row);
      }
    }
    return active.stream().toArray();
  }

  private static TargetMatrix withoutPurchase(int[] rows, int[] buyers, int clients) {
    BitSet bought = new BitSet(clients);
    for (int row : buyers) {
      if (row >= 0) {
        bought.set(row);
      }
    }
    int[] positives = new int[rows.length];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (!bought.get(rows[i])) {
        positives[count++] = i;
      }
    }
    return TargetMatrix.ofRows(rows.length, Arrays.copyOf(positives, count));
  }

  private void requireSplit() {
    if (!Files.isDirectory(data)) {
      throw new PluginException(ErrorCode.INVALID_CONFIG, data + ": no such data folder");
    }
    for (String name : List.of(SplitTables.TRAIN_TARGET, SplitTables.VALIDATION_TARGET)) {
      if (!Files.exists(folder.resolve(name))) {
        throw invalid(
            "%s: wanted the purchases of a split, found no %s; run 'tessera data split %s'"
                .formatted(folder, name, data));
      }
    }
  }

  /** The input must end before the train target starts, and that before the validation target. */
  private void requireOneSplit(BufferAllocator allocator) {
    Path input = new DataSource(data, DataSource.Mode.LOCAL).eventFile(EventKind.PRODUCT_BUY);
    long[] before = span(input, allocator);
    long[] first = span(folder.resolve(SplitTables.TRAIN_TARGET), allocator);
    long[] second = span(folder.resolve(SplitTables.VALIDATION_TARGET), allocator);
    if (before[1] >= first[0] || first[1] >= second[0] || before[1] >= second[0]) {
      throw invalid(
          "%s: wanted the targets of the split that made %s, but purchases there go on until %s while the train target starts at %s and the validation target at %s; run 'tessera data split %s' again"
              .formatted(
                  folder,
                  input.getParent(),
                  SplitSummary.time(before[1]),
                  SplitSummary.time(first[0]),
                  SplitSummary.time(second[0]),
                  data));
    }
  }

  private static long[] span(Path file, BufferAllocator allocator) {
    long[] span = {Long.MAX_VALUE, Long.MIN_VALUE};
    EventRows.readTimes(
        file,
        allocator,
        micros -> {
          span[0] = Math.min(span[0], micros);
          span[1] = Math.max(span[1], micros);
        });
    return span;
  }

  private Labels labels(Task task, String what) {
    Path labelFile = folder.resolve(PropensityTargets.labelFile(what));
    Path shareFile = folder.resolve(PropensityTargets.popularityFile(what));
    for (Path file : List.of(labelFile, shareFile)) {
      if (!Files.exists(file)) {
        return noLabels("no " + file + "; 'tessera data split' makes it");
      }
    }
    IdDictionary ids = dictionary(labelFile);
    double[] popularity = Npy.readDoubles(shareFile);
    if (popularity.length != ids.size()) {
      throw invalid(
          "%s: wanted a share for each of the %d labels of %s, found %d"
              .formatted(shareFile, ids.size(), labelFile.getFileName(), popularity.length));
    }
    if (ids.size() < 2) {
      return noLabels(
          "%s has %d label%s; a propensity needs at least two"
              .formatted(labelFile, ids.size(), ids.size() == 1 ? "" : "s"));
    }
    if (!(Arrays.stream(popularity).sum() > 0) || Arrays.stream(popularity).anyMatch(p -> p < 0)) {
      throw invalid(shareFile + ": wanted shares of purchases, found none above 0 or one below");
    }
    if (!train.hasAny(task.column(), ids) && !validation.hasAny(task.column(), ids)) {
      throw invalid(
          "%s: none of its %d ids occurs among the %s ids of the targets; it belongs to other data, so remove it and run 'tessera data split %s'"
              .formatted(labelFile, ids.size(), task.column(), data));
    }
    return new Labels(ids, popularity, Optional.empty());
  }

  private static Labels noLabels(String why) {
    return new Labels(new IdDictionary(0), new double[0], Optional.of(why));
  }

  private static IdDictionary dictionary(Path file) {
    long[] ids = Npy.readLongs(file);
    IdDictionary dictionary = new IdDictionary(ids.length);
    for (long id : ids) {
      int before = dictionary.size();
      if (dictionary.add(id) < before) {
        throw invalid("%s: wanted each id once, found %d twice".formatted(file, id));
      }
    }
    return dictionary;
  }

  private static PluginException invalid(String message) {
    return new PluginException(ErrorCode.INVALID_DATA, message);
  }
}
