package dev.tessera.plugin.gruae;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.Adam;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class MemoryTest {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int BATCHES = 300;

  @Test
  void memoryDoesNotGrowOver300Batches() throws Exception {
    Assumptions.assumeTrue(
        Files.exists(STATUS), "resident memory is read from /proc, which is not here");
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
      Adam adam = new Adam(network.parameters(), context);
      long before = 0;
      int arraysBefore = 0;
      for (int done = 0; done < BATCHES + 100; ) {
        BatchSource.Epoch epoch = batches.epoch(done);
        for (int index = 0; index < epoch.size() && done < BATCHES + 100; index++, done++) {
          if (done == 100) {
            before = residentKilobytes();
            arraysBefore = manager.getManagedArrays().size();
          }
          step(learner, adam, epoch.batch(index), manager, done);
        }
      }
      assertThat(manager.getManagedArrays()).hasSize(arraysBefore);
      // a batch's arrays are some 4 MB: kept, those of 300 batches would be more than a gigabyte
      assertThat(residentKilobytes() - before).isLessThan(40_000);
    }
  }

  private static void step(
      GruLearner learner, Adam adam, TokenBatch batch, NDManager manager, int seed) {
    learner.parameters().zeroGradients();
    try (NDManager scope = manager.newSubManager()) {
      learner.learn(batch, scope, new SplittableRandom(seed));
    }
    adam.step(0.001, 1);
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
