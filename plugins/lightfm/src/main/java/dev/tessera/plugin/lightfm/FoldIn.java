package dev.tessera.plugin.lightfm;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.IdMapping;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Finds the vectors of clients that a model does not have: the sum of their features' vectors, and,
 * where clients have a vector of their own, that one too, from zero by some passes over the
 * client's pairs with the skus held fixed. It depends on the client's own events and id alone.
 *
 * <p>A sku that the model does not have counts by its features; without features it is left out.
 */
final class FoldIn {

  private final LightFmConfig config;
  private final Factorization model;
  private final EventLog log;
  private final long seed;
  private final int[] positions;
  private final Side skus;
  private final int[] candidates;

  /** Looks up the log's skus in a model; safe for several threads afterwards. */
  FoldIn(LightFmConfig config, Factorization model, EventLog log, long seed) {
    this.config = config;
    this.model = model;
    this.log = log;
    this.seed = seed;
    this.positions = IdMapping.positions(log.products().skus(), model.skuIds());
    Rows known = model.skus();
    Rows all = known;
    if (config.clientFeatures().identity() && model.skuFeatures().count() > 0) {
      int[] unseen = unseen();
      for (int i = 0; i < unseen.length; i++) {
        positions[unseen[i]] = known.count() + i;
      }
      all = unseen.length == 0 ? known : known.followedBy(byFeatures(unseen));
    }
    Rows none = Rows.zeros(0, config.components());
    this.skus = new Side(Features.identities(all.count()), all, none);
    this.candidates = IntStream.range(0, known.count()).toArray();
  }

  /** Skus with an event that the model does not have. */
  private int[] unseen() {
    boolean[] found = new boolean[positions.length];
    for (EventKind kind : config.events().keySet()) {
      EventTable table = log.events(kind);
      for (int row = 0; row < table.rows(); row++) {
        int sku = table.item(row);
        found[sku] = positions[sku] < 0;
      }
    }
    return IntStream.range(0, found.length).filter(sku -> found[sku]).toArray();
  }

  private Rows byFeatures(int[] unseen) {
    int[] categoryOf = IdMapping.positions(log.products().categoryIds(), model.categoryIds());
    Features features =
        new FeatureReader(config, log).skus(unseen, false, categoryOf, model.categoryIds().length);
    return new Side(features, Rows.zeros(0, config.components()), model.skuFeatures()).composed();
  }

  /**
   * The vectors of some clients.
   *
   * @param clients dense indices in the log, or -1 for one who is not in it
   * @param ids their original ids
   */
  Rows vectors(int[] clients, long[] ids) {
    boolean identity = config.clientFeatures().identity();
    Optimizer optimizer = config.optimizer();
    Features features = new FeatureReader(config, log).clients(clients, identity);
    Rows own = Rows.blank(identity ? clients.length : 0, config.components(), optimizer);
    Side side = new Side(features, own, model.clientFeatures());
    if (identity) {
      Pairs pairs = pairs(clients);
      PairLearner learner =
          new PairLearner(config, pairs, PairStep.withSkusFixed(optimizer, side, skus));
      learner.drawFrom(candidates, 0, candidates.length);
      for (int client = 0; client < clients.length; client++) {
        solve(learner, pairs, client, ids[client]);
      }
    }
    return side.composed();
  }

  private void solve(PairLearner learner, Pairs pairs, int client, long id) {
    int start = pairs.starts()[client];
    int[] order = IntStream.range(start, pairs.starts()[client + 1]).toArray();
    Draws draws = learner.draws().begin(seed, id);
    for (int epoch = 0; epoch < config.foldInEpochs(); epoch++) {
      draws.shuffle(order, 0, order.length);
      for (int pair : order) {
        learner.learn(client, pair);
      }
    }
  }

  /** The clients' pairs, by the model's skus and those after them that it does not have. */
  private Pairs pairs(int[] clients) {
    ClientPairs reader = new ClientPairs(config, log);
    int[] starts = new int[clients.length + 1];
    int[] columns = new int[64];
    float[] weights = new float[64];
    for (int client = 0; client < clients.length; client++) {
      int count = reader.read(clients[client]);
      int size = starts[client];
      if (size + count > columns.length) {
        int larger = Math.max(size + count, 2 * columns.length);
        columns = Arrays.copyOf(columns, larger);
        weights = Arrays.copyOf(weights, larger);
      }
      // the model's skus before others, so that columns ascend
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < count; i++) {
          int position = positions[reader.skus()[i]];
          if (position >= 0 && (position < candidates.length) == (pass == 0)) {
            columns[size] = position;
            weights[size++] = reader.weights()[i];
          }
        }
      }
      starts[client + 1] = size;
    }
    return new Pairs(candidates.length, starts, columns, weights);
  }
}
