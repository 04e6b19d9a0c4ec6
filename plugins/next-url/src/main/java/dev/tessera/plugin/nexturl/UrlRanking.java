package dev.tessera.plugin.nexturl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchPlan;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.Evaluation;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.PlannedEpoch;
import dev.tessera.neural.RankFigures;
import dev.tessera.neural.Rows;
import dev.tessera.neural.TokenBatch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Ranks all urls for clients that were not learnt from, and sees where the last one that each
 * visited is. Of equal scores the smaller url comes first. If urls seen before are left out and the
 * last one is such, it is nowhere: no hit.
 */
final class UrlRanking {

  static final String NDCG = "held-out NDCG@10";
  static final String HITS = "held-out HR@10";
  static final String RECIPROCAL = "held-out MRR";
  static final String LOSS = "held-out loss";

  /** Scores made at a time: 8 MB. */
  private static final int CHUNK_FLOATS = 1 << 21;

  private final UrlSequences sequences;
  private final int tokens;
  private final boolean filterSeen;
  private final PlannedEpoch batches;
  private final PluginContext context;

  /**
   * Of some clients.
   *
   * @param clients dense indices; each with two visits or more
   * @param tokens V
   * @param filterSeen whether urls visited before are left out
   */
  UrlRanking(
      UrlSequences sequences,
      int[] clients,
      int tokens,
      boolean filterSeen,
      BatchOptions options,
      PluginContext context) {
    this.sequences = sequences;
    this.tokens = tokens;
    this.filterSeen = filterSeen;
    this.context = context;
    batches = new PlannedEpoch(sequences, BatchPlan.ordered(clients, sequences::length, options));
  }

  /** Sums over clients, and what they come to. */
  static final class Figures {

    private final RankFigures ranks = new RankFigures();
    private double loss;

    private void add(int rank, double clientLoss) {
      ranks.add(rank);
      loss += clientLoss;
    }

    /** Of the clients whose last url is ranked, and the others as no hits. */
    RankFigures ranks() {
      return ranks;
    }

    Evaluation evaluation() {
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put(NDCG, ranks.ndcg());
      metrics.put(HITS, ranks.hits());
      metrics.put(RECIPROCAL, ranks.reciprocal());
      metrics.put(LOSS, ranks.mean(loss));
      return new Evaluation(-ranks.ndcg(), metrics);
    }
  }

  /** Judges a model. */
  Figures judge(Parameter table, DecoderPass pass, NDManager manager) {
    Figures figures = new Figures();
    try (PluginContext.Progress progress = context.progress("held-out tokens", batches.tokens());
        NDArray urls = table.values().get("{}:", UrlVocabulary.FIRST);
        NDArray turned = urls.transpose()) {
      for (int index = 0; index < batches.size(); index++) {
        context.checkCancelled();
        TokenBatch batch = batches.batch(index);
        try (NDManager scope = manager.newSubManager()) {
          PackedTokens inputs = PackedTokens.inputs(batch);
          NDArray last = Rows.of(pass.run(inputs, scope), inputs.ends(), scope);
          judge(batch, last, turned, scope, figures);
        }
        progress.advance(batch.size());
      }
    }
    return figures;
  }

  private void judge(
      TokenBatch batch, NDArray last, NDArray turned, NDManager scope, Figures figures) {
    int urls = tokens - UrlVocabulary.FIRST;
    int rows = Math.max(1, CHUNK_FLOATS / urls);
    for (int from = 0; from < batch.rows(); from += rows) {
      int to = Math.min(batch.rows(), from + rows);
      try (NDManager part = scope.newSubManager()) {
        NDArray some = last.get("{}:{}", from, to);
        some.attach(part);
        float[] scores = some.matMul(turned).toFloatArray();
        for (int row = from; row < to; row++) {
          float[] own =
              java.util.Arrays.copyOfRange(scores, (row - from) * urls, (row - from + 1) * urls);
          add(batch, row, own, figures);
        }
      }
    }
  }

  /** Judges the ranking by how often the clients learnt from visited each url. */
  Figures judgePopularity(int[] trainingClients) {
    float[] counts = new float[tokens - UrlVocabulary.FIRST];
    for (int client : trainingClients) {
      for (int token : sequences.history(client)) {
        if (token >= UrlVocabulary.FIRST) {
          counts[token - UrlVocabulary.FIRST]++;
        }
      }
    }
    Figures figures = new Figures();
    for (int index = 0; index < batches.size(); index++) {
      TokenBatch batch = batches.batch(index);
      for (int row = 0; row < batch.rows(); row++) {
        add(batch, row, counts.clone(), figures);
      }
    }
    return figures;
  }

  /** Adds a client, whose scores are changed. */
  private void add(TokenBatch batch, int row, float[] scores, Figures figures) {
    int target = batch.tokens()[0][row * batch.width() + batch.lengths()[row] - 1];
    if (target < UrlVocabulary.FIRST) {
      return;
    }
    int wanted = target - UrlVocabulary.FIRST;
    double loss = loss(scores, wanted);
    boolean seen = filterSeen && leaveOutSeen(batch.clients()[row], target, scores);
    figures.add(seen ? 0 : RankFigures.rank(scores, wanted), loss);
  }

  /** Takes the urls seen before the last visit out of the scores; whether the last is one. */
  private boolean leaveOutSeen(int client, int target, float[] scores) {
    int[] history = sequences.history(client);
    int last =
        IntStream.range(0, history.length).filter(i -> history[i] == target).max().orElse(-1);
    boolean seen = false;
    for (int i = 0; i < last; i++) {
      seen |= history[i] == target;
      if (history[i] >= UrlVocabulary.FIRST && history[i] != target) {
        scores[history[i] - UrlVocabulary.FIRST] = Float.NEGATIVE_INFINITY;
      }
    }
    return seen;
  }

  private static double loss(float[] scores, int wanted) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      largest = Math.max(largest, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - largest);
    }
    return Math.log(sum) - (scores[wanted] - largest);
  }
}
