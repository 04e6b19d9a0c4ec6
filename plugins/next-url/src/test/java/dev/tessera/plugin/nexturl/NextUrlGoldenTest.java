package dev.tessera.plugin.nexturl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventLog;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SampledSoftmax;
import dev.tessera.neural.testkit.GoldenLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hidden states, loss and gradients with the reference's weights, and its tokens. */
class NextUrlGoldenTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static int[] ints(JsonNode array) {
    return JSON.convertValue(array, int[].class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hiddenStatesLossAndGradientsEqualTheReference(boolean fused) throws IOException {
    Path golden = GoldenData.golden("gpt2/next_url");
    JsonNode expected = JSON.readTree(golden.resolve("expected.json").toFile());
    try (TestContext context = new TestContext(2, 1);
        NDManager manager = Devices.open(context)) {
      UrlNetwork network =
          new UrlNetwork(new Parameters(manager, 1), new DecoderShape(16, 2, 2, 32), 60);
      Map<String, String> names = new LinkedHashMap<>();
      expected.get("parameters").fieldNames().forEachRemaining(key -> names.put(key, our(key)));
      for (Map.Entry<String, String> name : names.entrySet()) {
        Files.copy(
            golden.resolve("weights/" + name.getKey() + ".npy"),
            folder.resolve(name.getValue() + ".npy"));
      }
      Parameters parameters = network.parameters();
      parameters.read(folder);
      parameters.zeroGradients();
      List<JsonNode> sequences = lines(golden.resolve("sequences.jsonl"));
      int[][] inputs = sequences.stream().map(s -> ints(s.get("input"))).toArray(int[][]::new);
      PackedTokens tokens =
          new PackedTokens(
              Arrays.stream(inputs).mapToInt(input -> input.length).toArray(),
              new int[][] {Arrays.stream(inputs).flatMapToInt(IntStream::of).toArray()});
      Dropout none = new Dropout(0);
      DecoderPass pass =
          fused
              ? DecoderPass.fused(network.vectors(), network.decoder(), none, manager, context)
              : DecoderPass.recorded(network.vectors(), network.decoder(), none);
      try (NDManager scope = manager.newSubManager()) {
        NDArray hidden = pass.learn(tokens, scope, new SplittableRandom(1));
        double[] states = Npy.readDoubles(golden.resolve("hidden_states.npy"));
        assertClose(hidden.toFloatArray(), states, 0, 1e-5, "hidden");
        NDArray gradient = scope.zeros(hidden.getShape(), DataType.FLOAT32);
        double loss =
            loss(network, sequences, hidden, gradient, new SampledSoftmax(manager, context));
        double wanted = expected.get("sampled_softmax_loss").asDouble();
        assertThat(loss).isCloseTo(wanted, within(1e-5 * wanted));
        pass.backward(gradient, scope);
      }
      double[] gradients = Npy.readDoubles(golden.resolve("gradients.npy"));
      for (Map.Entry<String, String> name : names.entrySet()) {
        int offset = expected.get("gradients").get(name.getKey()).get("offset").asInt();
        Parameter parameter = parameters.get(name.getValue());
        assertClose(parameter.gradient().toFloatArray(), gradients, offset, 1e-5, name.getKey());
      }
    }
  }

  private static String our(String name) {
    return name.replaceFirst("^embed_layer\\.weight$", "embedding.url")
        .replaceFirst("^transformer_model\\.", "decoder.");
  }

  /** Each sequence with the negatives given for it. */
  private static double loss(
      UrlNetwork network,
      List<JsonNode> sequences,
      NDArray hidden,
      NDArray gradient,
      SampledSoftmax softmax) {
    double loss = 0;
    long all = hidden.getShape().get(0);
    int from = 0;
    for (JsonNode sequence : sequences) {
      int[] labels = ints(sequence.get("labels"));
      SampledSoftmax.Sample sample = SampledSoftmax.Sample.apart(ints(sequence.get("negatives")));
      try (NDArray part = hidden.get("{}:{}", from, from + labels.length);
          NDArray target = gradient.get("{}:{}", from, from + labels.length)) {
        loss += softmax.learn(part, network.table(), sample, labels, 1.0 / all, target).loss();
      }
      from += labels.length;
    }
    return loss / all;
  }

  private static void assertClose(
      float[] actual, double[] wanted, int offset, double tolerance, String name) {
    for (int i = 0; i < actual.length; i++) {
      double value = wanted[offset + i];
      assertThat((double) actual[i])
          .as("%s %d", name, i)
          .isCloseTo(value, within(tolerance + 1e-4 * Math.abs(value)));
    }
  }

  @Test
  void tokensEqualTheReference() throws IOException {
    long[] urlOfCode = Npy.readLongs(GoldenData.golden("tokens/next_url_url_of_code.npy"));
    try (TestContext context = new TestContext(2, 1);
        GoldenLog golden = new GoldenLog(folder)) {
      EventLog log = golden.log();
      int[] clients =
          IntStream.of(log.indexOf(log.relevantClients())).filter(client -> client >= 0).toArray();
      UrlVocabulary vocabulary = UrlVocabulary.fit(log, clients, 10);
      assertThat(vocabulary.ids()).isEqualTo(urlOfCode);
      UrlSequences sequences = new UrlSequences(log, vocabulary, RareUrls.DROP, 1_000_000, context);
      var reader = sequences.reader();
      int compared = 0;
      for (JsonNode line : lines(GoldenData.golden("tokens/next_url.jsonl"))) {
        int client = log.indexOf(ClientSelection.of(line.get("client_id").asLong()))[0];
        int[] wanted = ints(line.get("code"));
        int[][] tokens = new int[1][sequences.length(client)];
        reader.read(client, tokens, 0);
        for (int i = 0; i < tokens[0].length; i++) {
          tokens[0][i] -= UrlVocabulary.FIRST;
        }
        for (JsonNode tie : line.get("ties")) {
          Arrays.sort(tokens[0], tie.get(0).asInt(), tie.get(1).asInt());
          Arrays.sort(wanted, tie.get(0).asInt(), tie.get(1).asInt());
        }
        assertThat(tokens[0]).isEqualTo(wanted);
        compared++;
      }
      assertThat(compared).isEqualTo(1922);
    }
  }
}
