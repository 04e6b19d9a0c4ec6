package dev.tessera.plugin.nextsku;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.testkit.TrainingSteps;
import dev.tessera.torch.Precision;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Prints how many real tokens per second next-sku trains on and embeds, at the reference's sizes
 * (96 + 31 + 1 wide, 4 layers, 4 heads, slices of 32 to 64 events, dropout 0.1), on random events
 * whose categories have a heavy tail. Arguments: categories that occur (default 1000; the
 * reference's table has 7000), tokens per batch (default 4096), seconds of each measurement
 * (default 30), threads (default 2).
 *
 * <p>From the root of the project, after {@code mvn -pl plugins/next-sku -am verify}:
 *
 * <pre>
 * mvn -q -pl plugins/next-sku -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED --add-modules jdk.incubator.vector \
 *   -cp plugins/next-sku/target/classes:plugins/next-sku/target/test-classes:$(cat plugins/next-sku/target/classpath.txt) \
 *   dev.tessera.plugin.nextsku.NextSkuBenchmark 1000 4096 30 2
 * </pre>
 */
final class NextSkuBenchmark {

  private static final int CLIENTS = 20_000;
  private static final int HISTORY = 100;

  private NextSkuBenchmark() {}

  /** Runs both measurements. */
  public static void main(String[] arguments) {
    int categories = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
    int batchTokens = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4096;
    int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 30;
    int threads = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 2;
    Precision precision =
        Precision.valueOf(arguments.length > 4 ? arguments[4].toUpperCase(Locale.ROOT) : "AUTO")
            .on(true);
    int tokens = ProductCodes.FIRST + categories;
    try (TestContext context = new TestContext(threads, 42);
        NDManager manager = Devices.open(context)) {
      SkuNetwork network =
          new SkuNetwork(
              new Parameters(manager, 1),
              new SkuNetwork.Shape(tokens, 96, 31, new DecoderShape(128, 4, 4, 65)),
              50,
              1f / 25);
      DecoderPass pass =
          DecoderPass.of(network.vectors(), network.decoder(), new Dropout(0.1), manager, context);
      SkuHeads heads =
          new SkuHeads(
              network,
              IntStream.range(ProductCodes.FIRST, tokens).toArray(),
              IntStream.range(1, ProductEvents.EVENT_TOKENS).toArray(),
              manager,
              context);
      SlicedBatches.Epoch epoch =
          new SlicedBatches(
                  source(tokens),
                  IntStream.range(0, CLIENTS).toArray(),
                  33,
                  65,
                  new BatchOptions(512, batchTokens),
                  1)
              .epoch(0);
      SkuLearner learner =
          new SkuLearner(network, pass, heads, new SkuHeads.Weights(1, 1, 1), epoch, context);
      System.out.printf(
          "%,d parameters, %,d categories, at most %,d tokens a batch%n",
          network.parameters().size(), categories, batchTokens);
      new TrainingSteps(learner, manager, context, precision)
          .measure(epoch, seconds, (batch, scope) -> pass.run(PackedTokens.all(batch), scope));
    }
  }

  private static SequenceSource source(int tokens) {
    return new SequenceSource() {
      @Override
      public int columns() {
        return 3;
      }

      @Override
      public int length(int client) {
        return HISTORY;
      }

      @Override
      public Reader reader() {
        return (client, target, offset) -> {
          SplittableRandom random = new SplittableRandom(client);
          for (int i = 0; i < HISTORY; i++) {
            double rank = Math.pow(random.nextDouble(), 3);
            target[ProductEvents.CATEGORY][offset + i] =
                ProductCodes.FIRST + (int) (rank * (tokens - ProductCodes.FIRST));
            target[ProductEvents.EVENT][offset + i] = 1 + random.nextInt(3);
            target[ProductEvents.PRICE][offset + i] = random.nextInt(100);
          }
        };
      }
    };
  }
}
