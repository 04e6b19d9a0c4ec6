package dev.tessera.plugin.gruae;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.testkit.LittleMemory;
import dev.tessera.neural.testkit.SteadyMemory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {

  @Test
  void memoryDoesNotGrowOver300Batches() throws Exception {
    GruAeConfig config =
        new GruAeConfigs()
            .columns(TokenColumn.DAY, TokenColumn.SKU, TokenColumn.URL)
            .combine(Combine.SUM)
            .sizes(32, 1)
            .build();
    try (TestContext context = new TestContext(2, 1);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 400);
        NDManager manager = Devices.open(context)) {
      int[] clients = IntStream.range(0, built.log().clients()).toArray();
      List<ColumnCodec> codecs = new SchemaFitter(config, built.log(), clients).fit();
      SequenceSource sequences = GruAeModel.sequences(config, built.log(), codecs, context);
      int[] usable = IntStream.of(clients).filter(c -> sequences.length(c) > 0).toArray();
      BatchSource batches = new ShuffledBatches(sequences, usable, new BatchOptions(16, 256), 1);
      GruNetwork network =
          new GruNetwork(
              new Parameters(manager, 1),
              new GruNetwork.Shape(
                  List.of("day", "sku", "url"),
                  codecs.stream().map(ColumnCodec::size).toList(),
                  Combine.SUM,
                  32,
                  32,
                  1));
      GruLearner learner =
          new GruLearner(
              network,
              List.of("day", "sku", "url"),
              new FusedPass(network, 0.5, manager, context),
              batches.epoch(0),
              manager,
              context);
      // a batch's arrays are some 4 MB: kept, those of 300 batches would be more than a gigabyte
      SteadyMemory.checkTraining(learner, batches, manager, context, 40_000_000);
    }
  }

  @Test
  void saysWhichSettingsLowerTheMemoryThatDoesNotSuffice() throws Exception {
    assertThat(LittleMemory.says(InLittleMemory.class))
        .isEqualTo(
            "OUT_OF_MEMORY memory did not suffice: Java heap space;"
                + " lower batch-tokens (now 16384), hidden-size (now 4096) or max-values");
  }

  /** A JVM of its own. */
  static final class InLittleMemory {
    public static void main(String[] arguments) {
      GruAeConfig config =
          new GruAeConfigs().columns(TokenColumn.EVENT_TYPE).sizes(4096, 1).build();
      LittleMemory.fit(context -> GruAeModel.untrained(config, context));
    }
  }
}
