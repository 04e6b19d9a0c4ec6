package dev.tessera.plugin.lightfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.EventLog;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pairs and features that the reference makes of the reference log. */
class TrainingDataGoldenTest {

  @TempDir Path workspace;

  @Test
  void pairsAndFeaturesEqualTheReference() {
    Map<Long, Float> expected = new TreeMap<>();
    collect("train", expected);
    collect("holdout", expected);
    LightFmConfig config = LightFmConfigs.defaults();
    try (TestContext context = new TestContext(2, 42);
        EventStore store =
            EventStore.open(
                new DataSource(GoldenData.golden("raw"), Mode.SUBMIT),
                workspace,
                StoreOptions.of(context.allocator()))) {
      EventLog log = store.log();
      TrainingData data = TrainingData.of(config, log, context);
      Pairs pairs = data.pairs();
      assertThat(pairs.size()).isEqualTo(expected.size());
      for (int client = 0; client < pairs.clients(); client++) {
        long clientId = log.clientIds().get(data.clients()[client]);
        for (int e = pairs.starts()[client]; e < pairs.starts()[client + 1]; e++) {
          long sku = log.products().skus().get(data.skus()[pairs.skus()[e]]);
          assertThat(pairs.weights()[e]).isCloseTo(expected.get(key(clientId, sku)), within(1e-5f));
        }
      }
      FeatureReader reader = new FeatureReader(config, log);
      assertClients(reader.clients(data.clients(), true), data, log);
      assertSkus(reader.skus(data.skus(), true, new int[0], 0), data, log);
    }
  }

  private static void assertClients(Features features, TrainingData data, EventLog log) {
    long[] ids = GoldenPairs.ids("user_ids");
    float[] values = GoldenPairs.floats("user_features");
    for (int row = 0; row < data.clients().length; row++) {
      int at = position(ids, log.clientIds().get(data.clients()[row]));
      for (int code = 0; code < 16; code++) {
        float expected = Math.max(0, values[at * 16 + code]) / 255;
        assertThat(features.values()[row * 16 + code]).isCloseTo(expected, within(1e-6f));
      }
    }
  }

  private static void assertSkus(Features features, TrainingData data, EventLog log) {
    long[] ids = GoldenPairs.ids("item_ids");
    byte[] codes = GoldenPairs.skuCodes();
    for (int row = 0; row < data.skus().length; row++) {
      int at = position(ids, log.products().skus().get(data.skus()[row]));
      for (int code = 0; code < 16; code++) {
        float expected = (codes[at * 16 + code] & 0xff) / 255f;
        assertThat(features.values()[row * 16 + code]).isCloseTo(expected, within(1e-6f));
      }
    }
  }

  private static int position(long[] ids, long id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    throw new AssertionError("no id " + id);
  }

  private static void collect(String part, Map<Long, Float> pairs) {
    long[] clients = GoldenPairs.ids("user_ids");
    long[] skus = GoldenPairs.ids("item_ids");
    int[] users = GoldenPairs.ints(part + "_user");
    int[] items = GoldenPairs.ints(part + "_item");
    float[] weights = GoldenPairs.floats(part + "_weight");
    for (int i = 0; i < users.length; i++) {
      if (weights[i] > 0) {
        pairs.put(key(clients[users[i]], skus[items[i]]), weights[i]);
      }
    }
  }

  /** Skus of the reference log are below 100,000. */
  private static long key(long client, long sku) {
    return client * 100_000 + sku;
  }
}
