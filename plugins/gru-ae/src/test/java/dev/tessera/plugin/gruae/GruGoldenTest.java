package dev.tessera.plugin.gruae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** States, logits, losses and gradients with the reference's weights. */
class GruGoldenTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** A reference network with its sequences, all in one batch with padding. */
  private final class Case implements AutoCloseable {

    final TestContext context = new TestContext(2, 1);
    final NDManager manager = Devices.open(context);
    final Path golden;
    final JsonNode expected;
    final List<String> columns;
    final GruNetwork network;
    final TokenBatch batch;
    final GruPass pass;
    final Map<String, String> ourNames = new LinkedHashMap<>();

    Case(String name, boolean fused) throws IOException {
      golden = GoldenData.golden("gru/" + name);
      expected = JSON.readTree(golden.resolve("expected.json").toFile());
      columns =
          JSON.convertValue(
              expected.get("columns"),
              JSON.getTypeFactory().constructCollectionType(List.class, String.class));
      boolean concatenated = name.equals("day_event");
      network =
          new GruNetwork(
              new Parameters(manager, 1),
              new GruNetwork.Shape(
                  columns,
                  columns.stream()
                      .map(column -> expected.get("vocab_size").get(column).asInt())
                      .toList(),
                  concatenated ? Combine.CONCATENATION : Combine.SUM,
                  concatenated ? 6 : 8,
                  concatenated ? 12 : 8,
                  concatenated ? 2 : 3));
      expected.get("parameters").fieldNames().forEachRemaining(key -> ourNames.put(key, our(key)));
      for (Map.Entry<String, String> names : ourNames.entrySet()) {
        Files.copy(
            golden.resolve("weights/" + names.getKey() + ".npy"),
            folder.resolve(names.getValue() + ".npy"));
      }
      network.parameters().read(folder);
      batch = sequences();
      pass = fused ? new FusedPass(network, 0, manager, context) : new RecordedPass(network, 0);
    }

    /** Our name of a weight of the reference. */
    private String our(String name) {
      return name.replaceFirst("^embedding_layers\\.(\\w+)\\.weight$", "embedding.$1")
          .replaceFirst("^output_projections\\.", "output.")
          .replaceFirst("^day_embedding\\.weight$", "embedding.day")
          .replaceFirst("^event_embedding\\.weight$", "embedding.event_type")
          .replaceFirst("^day_output\\.", "output.day.")
          .replaceFirst("^event_output\\.", "output.event_type.")
          .replaceFirst("^(encoder|decoder)_gru\\.", "$1.");
    }

    private TokenBatch sequences() throws IOException {
      List<JsonNode> lines = new ArrayList<>();
      for (String line : Files.readAllLines(golden.resolve("sequences.jsonl"))) {
        lines.add(JSON.readTree(line));
      }
      int[] lengths = lines.stream().mapToInt(line -> line.get(columns.get(0)).size()).toArray();
      int width = IntStream.of(lengths).max().orElseThrow();
      int[][] tokens = new int[columns.size()][lines.size() * width];
      for (int column = 0; column < columns.size(); column++) {
        for (int row = 0; row < lengths.length; row++) {
          for (int t = 0; t < lengths[row]; t++) {
            tokens[column][row * width + t] =
                lines.get(row).get(columns.get(column)).get(t).asInt();
          }
        }
      }
      return new TokenBatch(IntStream.range(0, lengths.length).toArray(), lengths, width, tokens);
    }

    GruLearner learner() {
      BatchSource.Epoch epoch =
          new BatchSource.Epoch() {
            @Override
            public int size() {
              return 1;
            }

            @Override
            public long tokens() {
              return batch.size();
            }

            @Override
            public TokenBatch batch(int index) {
              return batch;
            }
          };
      return new GruLearner(network, columns, pass, epoch, manager, context);
    }

    @Override
    public void close() {
      manager.close();
      context.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"day_event, true", "day_event, false", "summed, true", "summed, false"})
  void statesEqualTheReferenceWhateverThePadding(String name, boolean fused) throws Exception {
    try (Case reference = new Case(name, fused)) {
      float[] states = network(reference);
      assertClose(states, Npy.readDoubles(reference.golden.resolve("states.npy")), 1e-5);
    }
  }

  private static float[] network(Case reference) {
    try (NDManager scope = reference.manager.newSubManager()) {
      return reference.pass.encode(reference.batch, scope).toFloatArray();
    }
  }

  @ParameterizedTest
  @CsvSource({"day_event, true", "day_event, false", "summed, true", "summed, false"})
  void logitsEqualTheReference(String name, boolean fused) throws Exception {
    try (Case reference = new Case(name, fused);
        NDManager scope = reference.manager.newSubManager()) {
      NDArray hidden = reference.pass.reconstruct(reference.batch, scope);
      for (int column = 0; column < reference.columns.size(); column++) {
        NDArray weight = reference.network.output(column).weight().values();
        NDArray bias = reference.network.output(column).bias().orElseThrow().values();
        float[] logits = hidden.matMul(weight.transpose()).add(bias).toFloatArray();
        float[] wanted =
            Npy.readFloats(
                reference.golden.resolve("logits_" + reference.columns.get(column) + ".npy"));
        compareLogits(reference.batch, logits, wanted, (int) weight.getShape().get(0));
      }
    }
  }

  /** Ours run position by position, theirs sequence by sequence with the last position too. */
  private static void compareLogits(TokenBatch batch, float[] logits, float[] wanted, int size) {
    int[] starts = new int[batch.rows() + 1];
    for (int row = 0; row < batch.rows(); row++) {
      starts[row + 1] = starts[row] + batch.lengths()[row];
    }
    int at = 0;
    for (int t = 0; t < batch.width() - 1; t++) {
      for (int row = 0; row < batch.rows(); row++) {
        if (t < batch.lengths()[row] - 1) {
          for (int v = 0; v < size; v++) {
            assertThat(logits[at * size + v])
                .isCloseTo(wanted[(starts[row] + t) * size + v], within(1e-4f));
          }
          at++;
        }
      }
    }
    assertThat(at).isEqualTo(batch.size() - batch.rows());
  }

  @ParameterizedTest
  @CsvSource({"day_event, true", "day_event, false", "summed, true", "summed, false"})
  void lossesAndGradientsEqualTheReference(String name, boolean fused) throws Exception {
    try (Case reference = new Case(name, fused);
        NDManager scope = reference.manager.newSubManager()) {
      GruLearner learner = reference.learner();
      learner.parameters().zeroGradients();
      double loss = learner.learn(reference.batch, scope, new SplittableRandom(1));
      assertThat(loss).isCloseTo(reference.expected.get("total_loss").asDouble(), within(1e-5));
      Map<String, Double> metrics = learner.evaluate(scope).metrics();
      for (String column : reference.columns) {
        assertThat(metrics.get(GruLearner.LOSS + " " + column))
            .isCloseTo(
                reference.expected.get("loss_per_column").get(column).asDouble(), within(1e-5));
      }
      double[] gradients = Npy.readDoubles(reference.golden.resolve("gradients.npy"));
      for (Map.Entry<String, String> names : reference.ourNames.entrySet()) {
        int offset = reference.expected.get("gradients").get(names.getKey()).get("offset").asInt();
        Parameter parameter = learner.parameters().get(names.getValue());
        float[] actual = parameter.gradient().toFloatArray();
        for (int i = 0; i < actual.length; i++) {
          double wanted = gradients[offset + i];
          assertThat((double) actual[i])
              .as("%s %d", names.getKey(), i)
              .isCloseTo(wanted, within(1e-5 + 1e-4 * Math.abs(wanted)));
        }
      }
    }
  }

  private static void assertClose(float[] actual, double[] wanted, double tolerance) {
    assertThat(actual.length).isEqualTo(wanted.length);
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) actual[i]).as("value %d", i).isCloseTo(wanted[i], within(tolerance));
    }
  }
}
