package dev.tessera.host.evaluate;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.evaluate.Comparison.Contribution;
import dev.tessera.host.evaluate.Comparison.Entry;
import dev.tessera.host.evaluate.Comparison.Kind;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.pipeline.StepRecord;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.MergeColumns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Compares the embeddings of one run with each other, with merges of fewer, and with counts. */
public final class RunComparison {

  private final RunFolder run;
  private final Manifest manifest;
  private final Evaluations evaluations;
  private final EventLog log;
  private final Consumer<String> progress;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Contribution> contributions = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, String> keys = new LinkedHashMap<>();

  /**
   * A comparison; nothing happens before {@link #compare}.
   *
   * @param log the run's events, for the baseline
   * @param progress told what is evaluated next
   * @throws PluginException if the run has seen the targets
   */
  public RunComparison(
      RunFolder run, Evaluations evaluations, EventLog log, Consumer<String> progress) {
    this.run = run;
    this.manifest = run.manifest();
    this.evaluations = evaluations;
    this.log = log;
    this.progress = progress;
    JudgedEmbeddings.requireUnseenTargets(run, manifest);
  }

  /** The keys of a run's steps by name, as {@link Comparison#keys} has them. */
  public static Map<String, String> keys(RunFolder run) {
    Map<String, String> keys = new LinkedHashMap<>();
    Mode mode = run.manifest().data().mode();
    run.steps().forEach(step -> keys.put(step, StepRecord.read(run.step(mode, step)).key()));
    return keys;
  }

  /** Compares everything. */
  public Comparison compare() {
    Optional<EmbeddingMatrix> first = Optional.empty();
    for (String step : run.steps()) {
      EmbeddingFolder folder = run.step(Mode.LOCAL, step);
      StepRecord record = StepRecord.read(folder);
      keys.put(step, record.key());
      EmbeddingMatrix embedding = EmbeddingMatrix.open(step, folder);
      first = Optional.of(first.orElse(embedding));
      boolean merge = !record.inputs().isEmpty();
      EvaluationResult result = evaluate(embedding, merge ? Kind.MERGE : Kind.EMBEDDING);
      if (merge) {
        leaveOut(embedding, record, result);
      }
    }
    evaluate(
        CountsBaseline.of(
            log,
            first.orElseThrow(
                () ->
                    new PluginException(
                        ErrorCode.INVALID_DATA, run.path() + ": no step has a result to compare"))),
        Kind.BASELINE);
    return new Comparison(
        evaluations.options().probe(),
        manifest.data().folder(),
        keys,
        entries,
        contributions,
        notes);
  }

  private EvaluationResult evaluate(EmbeddingMatrix embedding, Kind kind) {
    progress.accept("evaluating " + embedding.name());
    EvaluationResult result = evaluations.evaluate(embedding);
    entries.add(new Entry(kind, result));
    return result;
  }

  private void leaveOut(EmbeddingMatrix merge, StepRecord record, EvaluationResult whole) {
    Optional<Map<String, int[]>> without =
        MergeColumns.without(record.inputs(), record.columnNames());
    if (without.isEmpty()) {
      notes.add(
          "%s: its columns do not say which input they come from, so no input was left out"
              .formatted(merge.name()));
      return;
    }
    without
        .get()
        .forEach(
            (input, columns) -> {
              String name = merge.name() + " without " + input;
              EvaluationResult rest = evaluate(merge.select(name, columns), Kind.MERGE_WITHOUT);
              contributions.add(
                  new Contribution(
                      merge.name(),
                      input,
                      whole.sum() - rest.sum(),
                      whole.intervalOfGainOver(rest)));
            });
    for (String input : record.inputs()) {
      if (!without.get().containsKey(input)) {
        notes.add(
            "%s: %s has none of its columns, or all of them, so it was not left out"
                .formatted(merge.name(), input));
      }
    }
  }
}
