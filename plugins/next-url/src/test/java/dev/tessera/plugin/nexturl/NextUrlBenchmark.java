package dev.tessera.plugin.nexturl;

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
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.testkit.TrainingSteps;
import dev.tessera.torch.Precision;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Prints how many real tokens per second next-url trains on and embeds, at the reference's sizes
 * (192 wide, 6 layers, 4 heads, 10,000 negatives, dropout 0.1), on random urls with a heavy tail in
 * sequences of evenly 10 to 257 visits. Arguments: {@code batch} or {@code sequence} for the
 * negatives, urls (default 50000), tokens per batch (default 4096), seconds of each measurement
 * (default 30), threads (default 2).
 *
 * <p>From the root of the project, after {@code mvn -pl plugins/next-url -am verify}:
 *
 * <pre>
 * mvn -q -pl plugins/next-url -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED --add-modules jdk.incubator.vector \
 *   -cp plugins/next-url/target/classes:plugins/next-url/target/test-classes:$(cat plugins/next-url/target/classpath.txt) \
 *   dev.tessera.plugin.nexturl.NextUrlBenchmark batch 50000 4096 30 2
 * </pre>
 */
final class NextUrlBenchmark {

  private static final int SHORTEST = 10;
  private static final int LONGEST = 257;
  private static final int CLIENTS = 20_000;
  private static final int NEGATIVES = 10_000;

  private NextUrlBenchmark() {}

  /** Runs both measurements. */
  public static void main(String[] arguments) {
    NegativesPer per =
        NegativesPer.valueOf(argument(arguments, 0, "batch").toUpperCase(java.util.Locale.ROOT));
    int urls = Integer.parseInt(argument(arguments, 1, "50000"));
    int batchTokens = Integer.parseInt(argument(arguments, 2, "4096"));
    int seconds = Integer.parseInt(argument(arguments, 3, "30"));
    int threads = Integer.parseInt(argument(arguments, 4, "2"));
    Precision precision =
        Precision.valueOf(argument(arguments, 5, "auto").toUpperCase(java.util.Locale.ROOT))
            .on(true);
    int tokens = UrlVocabulary.FIRST + urls;
    try (TestContext context = new TestContext(threads, 42);
        NDManager manager = Devices.open(context)) {
      UrlNetwork network =
          new UrlNetwork(new Parameters(manager, 1), new DecoderShape(192, 6, 4, 257), tokens);
      DecoderPass pass =
          DecoderPass.of(network.vectors(), network.decoder(), new Dropout(0.1), manager, context);
      // no ranking: training alone is measured
      UrlLearner learner =
          new UrlLearner(
              network, pass, new Negatives(tokens, NEGATIVES, per), null, manager, context);
      ShuffledBatches.Epoch epoch =
          new ShuffledBatches(
                  source(tokens),
                  IntStream.range(0, CLIENTS).toArray(),
                  new BatchOptions(512, batchTokens),
                  1)
              .epoch(0);
      System.out.printf(
          "%,d parameters, %d negatives per %s, at most %,d tokens a batch%n",
          network.parameters().size(), NEGATIVES, per, batchTokens);
      new TrainingSteps(learner, manager, context, precision)
          .measure(epoch, seconds, (batch, scope) -> pass.run(PackedTokens.all(batch), scope));
    }
  }

  private static String argument(String[] arguments, int index, String otherwise) {
    return arguments.length > index ? arguments[index] : otherwise;
  }

  private static SequenceSource source(int tokens) {
    return new SequenceSource() {
      @Override
      public int columns() {
        return 1;
      }

      @Override
      public int length(int client) {
        return SHORTEST + (int) (client * 7919L % (LONGEST - SHORTEST + 1));
      }

      @Override
      public Reader reader() {
        return (client, target, offset) -> {
          SplittableRandom random = new SplittableRandom(client);
          for (int i = 0; i < length(client); i++) {
            double rank = Math.pow(random.nextDouble(), 3);
            target[0][offset + i] =
                UrlVocabulary.FIRST + (int) (rank * (tokens - UrlVocabulary.FIRST));
          }
        };
      }
    };
  }
}
