package dev.tessera.plugin.nextsku;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.EventSequences;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.testkit.LittleMemory;
import dev.tessera.neural.testkit.SteadyMemory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {

  @Test
  void memoryDoesNotGrowOver300Batches() throws Exception {
    try (TestContext context = new TestContext(2, 1);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 400);
        NDManager manager = Devices.open(context)) {
      int[] clients = IntStream.range(0, built.log().clients()).toArray();
      ProductCodes codes = ProductCodes.fit(built.log(), clients);
      EventSequences histories = ProductEvents.of(built.log(), codes, Integer.MAX_VALUE, context);
      int[] usable = IntStream.of(clients).filter(c -> histories.length(c) > 1).toArray();
      BatchSource batches =
          new SlicedBatches(histories, usable, 5, 17, new BatchOptions(64, 256), 1);
      SkuNetwork network =
          new SkuNetwork(
              new Parameters(manager, 1),
              new SkuNetwork.Shape(codes.tokens(), 40, 23, new DecoderShape(64, 2, 2, 16)),
              codes.priceMean(),
              1 / codes.priceDeviation());
      SkuLearner learner =
          new SkuLearner(
              network,
              DecoderPass.of(
                  network.vectors(), network.decoder(), new Dropout(0.1), manager, context),
              new SkuHeads(
                  network,
                  IntStream.range(ProductCodes.FIRST, codes.tokens()).toArray(),
                  IntStream.range(1, ProductEvents.EVENT_TOKENS).toArray(),
                  manager,
                  context),
              new SkuHeads.Weights(1, 1, 1),
              batches.epoch(0),
              context);
      // kept, what each batch leaves in its scope would be some 150 MB over 300 batches
      SteadyMemory.checkTraining(learner, batches, manager, context, 40_000_000);
    }
  }

  @Test
  void saysWhichSettingsLowerTheMemoryThatDoesNotSuffice() throws Exception {
    assertThat(LittleMemory.says(InLittleMemory.class))
        .isEqualTo(
            "OUT_OF_MEMORY memory did not suffice: Java heap space;"
                + " lower batch-tokens (now 4096) or category-size (now 4000)");
  }

  /** A JVM of its own. */
  static final class InLittleMemory {
    public static void main(String[] arguments) {
      NextSkuConfig config = new NextSkuConfigs().sizes(4000, 95, 4).build();
      LittleMemory.fit(context -> NextSkuModel.untrained(config, context));
    }
  }
}
