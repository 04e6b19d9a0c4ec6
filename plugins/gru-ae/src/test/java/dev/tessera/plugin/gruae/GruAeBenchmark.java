package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.Tokens;
import dev.tessera.neural.testkit.TrainingSteps;
import dev.tessera.torch.Precision;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Prints how many real tokens per second the autoencoder trains on and embeds, at the reference's
 * sizes, on random tokens: lengths evenly from 10 to 128, codes with a heavy tail. Arguments:
 * variant ({@code day-event} or {@code all-columns}), tokens per batch (default 8192), seconds of
 * each measurement (default 30), threads (default 2). With {@code -Drecorded=true} by PyTorch's own
 * recorded layers instead of ours. The machine's load average is printed beside: a figure counts
 * only if nothing else ran.
 *
 * <p>From the root of the project, after {@code mvn -pl plugins/gru-ae -am verify}:
 *
 * <pre>
 * mvn -q -pl plugins/gru-ae -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED --add-modules jdk.incubator.vector \
 *   -cp plugins/gru-ae/target/classes:plugins/gru-ae/target/test-classes:$(cat plugins/gru-ae/target/classpath.txt) \
 *   dev.tessera.plugin.gruae.GruAeBenchmark day-event 8192 30 2
 * </pre>
 */
final class GruAeBenchmark {

  private static final int LONGEST = 128;
  private static final int SHORTEST = 10;
  private static final int CLIENTS = 20_000;

  private final String variant;
  private final GruNetwork.Shape shape;
  private final double dropout;

  private GruAeBenchmark(String variant) {
    this.variant = variant;
    if (variant.equals("day-event")) {
      dropout = 0.5;
      shape =
          new GruNetwork.Shape(
              List.of("day", "event-type"), List.of(150, 8), Combine.CONCATENATION, 64, 128, 2);
    } else if (variant.equals("all-columns")) {
      dropout = 0.1;
      shape =
          new GruNetwork.Shape(
              List.of("event-type", "category", "price", "sku", "url"),
              List.of(8, 7002, 104, 5004, 5004),
              Combine.SUM,
              512,
              512,
              3);
    } else {
      throw new IllegalArgumentException("wanted day-event or all-columns, found " + variant);
    }
  }

  /** Runs both measurements. */
  public static void main(String[] arguments) {
    String variant = arguments.length > 0 ? arguments[0] : "day-event";
    int batchTokens = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8192;
    int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 30;
    int threads = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 2;
    Precision precision =
        Precision.valueOf(arguments.length > 4 ? arguments[4].toUpperCase(Locale.ROOT) : "AUTO")
            .on(true);
    try (TestContext context = new TestContext(threads, 42);
        NDManager manager = Devices.open(context)) {
      new GruAeBenchmark(variant).run(context, manager, batchTokens, seconds, precision);
    }
  }

  private void run(
      TestContext context, NDManager manager, int batchTokens, int seconds, Precision precision) {
    SequenceSource source = source();
    ShuffledBatches batches =
        new ShuffledBatches(
            source, IntStream.range(0, CLIENTS).toArray(), new BatchOptions(256, batchTokens), 1);
    GruNetwork network = new GruNetwork(new Parameters(manager, 1), shape);
    GruPass pass =
        Boolean.getBoolean("recorded")
            ? new RecordedPass(network, dropout)
            : new FusedPass(network, dropout, manager, context);
    GruLearner learner =
        new GruLearner(network, shape.columns(), pass, batches.epoch(0), manager, context);
    System.out.printf(
        "%s, %,d parameters, at most %,d tokens a batch%n",
        variant, network.parameters().size(), batchTokens);
    new TrainingSteps(learner, manager, context, precision)
        .measure(
            batches.epoch(1), seconds, (batch, scope) -> pass.encode(batch, scope).toFloatArray());
  }

  private SequenceSource source() {
    List<Integer> sizes = shape.vocabularies();
    return new SequenceSource() {
      @Override
      public int columns() {
        return sizes.size();
      }

      @Override
      public int length(int client) {
        return SHORTEST + (int) (client * 7919L % (LONGEST - SHORTEST + 1));
      }

      @Override
      public Reader reader() {
        return (client, target, offset) -> {
          SplittableRandom random = new SplittableRandom(client);
          int length = length(client);
          for (int column = 0; column < target.length; column++) {
            for (int i = 0; i < length; i++) {
              double rank = Math.pow(random.nextDouble(), 3);
              int values = sizes.get(column) - Tokens.FIRST;
              target[column][offset + i] = Tokens.FIRST + (int) (rank * values);
            }
            target[column][offset] = Tokens.BEGIN;
            target[column][offset + length - 1] = Tokens.END;
          }
        };
      }
    };
  }
}
