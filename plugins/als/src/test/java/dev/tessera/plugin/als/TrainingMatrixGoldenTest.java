package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.plugin.als.AlsConfig.Clients;
import dev.tessera.plugin.als.AlsConfig.Item;
import dev.tessera.plugin.als.AlsConfig.LossReport;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The matrices that the reference pipeline makes of the reference log. */
class TrainingMatrixGoldenTest {

  @TempDir Path workspace;

  @Test
  void purchasesByCategoryEqualTheReference() {
    Map<EventKind, Double> events = Map.of(EventKind.PRODUCT_BUY, 3.0, EventKind.ADD_TO_CART, 1.0);
    assertEqual("buy_add_category", events, Item.CATEGORY, Clients.ALL);
  }

  @Test
  void visitsByUrlOfRelevantClientsEqualTheReference() {
    assertEqual("visit_url", Map.of(EventKind.PAGE_VISIT, 1.0), Item.URL, Clients.RELEVANT);
  }

  private void assertEqual(String job, Map<EventKind, Double> events, Item item, Clients clients) {
    Path expected = GoldenData.golden("als/" + job);
    AlsConfig config = AlsConfigs.reading(events, item, clients, 16, LossReport.LAST);
    try (TestContext context = new TestContext(2, 42);
        EventStore store =
            EventStore.open(
                new DataSource(GoldenData.golden("raw"), Mode.SUBMIT),
                workspace,
                StoreOptions.of(context.allocator()))) {
      TrainingMatrix training = TrainingMatrix.of(config, store.log(), context);
      InteractionMatrix matrix = training.matrix();
      assertThat(training.itemIds()).isEqualTo(Npy.readLongs(expected.resolve("item_ids.npy")));
      assertThat(matrix.starts()).isEqualTo(Npy.readInts(expected.resolve("indptr.npy")));
      assertThat(matrix.columns()).isEqualTo(Npy.readInts(expected.resolve("indices.npy")));
      assertThat(matrix.weights()).isEqualTo(Npy.readFloats(expected.resolve("data.npy")));
    }
  }
}
