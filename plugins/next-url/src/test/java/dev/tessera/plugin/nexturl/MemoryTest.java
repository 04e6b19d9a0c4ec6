package dev.tessera.plugin.nexturl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.EventKind;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.testkit.LittleMemory;
import dev.tessera.neural.testkit.SteadyMemory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {

  /** 60 visits of each of 200 clients. */
  private static BuiltLog visits(TestContext context) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int i = 0; i < 12_000; i++) {
      long micros = TinyEvents.START_MICROS + i * 1_000_000L;
      builder.event(EventKind.PAGE_VISIT, i % 200, micros, i * 7919L % 300);
    }
    return builder.build(context.allocator());
  }

  @Test
  void memoryDoesNotGrowOver300Batches() throws Exception {
    BatchOptions sizes = new BatchOptions(64, 1024);
    try (TestContext context = new TestContext(2, 1);
        BuiltLog built = visits(context);
        NDManager manager = Devices.open(context)) {
      int[] clients = IntStream.range(0, built.log().clients()).toArray();
      UrlVocabulary vocabulary = UrlVocabulary.fit(built.log(), clients, 1);
      UrlSequences sequences =
          new UrlSequences(built.log(), vocabulary, RareUrls.DROP, 61, context);
      int[] usable = IntStream.of(clients).filter(c -> sequences.length(c) > 1).toArray();
      BatchSource batches = new ShuffledBatches(sequences, usable, sizes, 1);
      UrlNetwork network =
          new UrlNetwork(
              new Parameters(manager, 1), new DecoderShape(128, 1, 2, 60), vocabulary.size());
      UrlLearner learner =
          new UrlLearner(
              network,
              DecoderPass.of(
                  network.vectors(), network.decoder(), new Dropout(0.1), manager, context),
              new Negatives(vocabulary.size(), 500, NegativesPer.BATCH),
              new UrlRanking(sequences, usable, vocabulary.size(), true, sizes, context),
              manager,
              context);
      // kept, what each batch leaves in its scope would be some 150 MB over 300 batches
      SteadyMemory.checkTraining(learner, batches, manager, context, 40_000_000);
    }
  }

  @Test
  void saysWhichSettingsLowerTheMemoryThatDoesNotSuffice() throws Exception {
    assertThat(LittleMemory.says(InLittleMemory.class))
        .isEqualTo(
            "OUT_OF_MEMORY memory did not suffice: Java heap space; lower batch-tokens (now 4096),"
                + " negatives (now 50) or width (now 4096), or raise min-visits (now 2)");
  }

  /** A JVM of its own. */
  static final class InLittleMemory {
    public static void main(String[] arguments) {
      NextUrlConfig config = new NextUrlConfigs().sizes(4096, 4, 16).build();
      LittleMemory.fit(context -> NextUrlModel.untrained(config, context));
    }
  }
}
