package dev.tessera.plugin.nextsku;

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
import dev.tessera.neural.EventSequences;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.RowSubset;
import dev.tessera.neural.testkit.GoldenLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hidden states, losses and gradients with the reference's weights, and its tokens. */
class NextSkuGoldenTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NORM = "trx_encoder.custom_embedding_batch_norm.bn.";

  @TempDir Path folder;

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static PackedTokens packed(List<JsonNode> sequences, String prefix) {
    int[][] columns = new int[3][];
    List<String> names = List.of("category", "event", "price");
    for (int column = 0; column < 3; column++) {
      String name = prefix + names.get(column);
      columns[column] =
          sequences.stream()
              .flatMapToInt(s -> IntStream.of(JSON.convertValue(s.get(name), int[].class)))
              .toArray();
    }
    int[] lengths = sequences.stream().mapToInt(s -> s.get(prefix + "event").size()).toArray();
    return new PackedTokens(lengths, columns);
  }

  private static String our(String name) {
    return name.replaceFirst("^trx_encoder\\.embeddings\\.(\\w+)\\.weight$", "embedding.$1")
        .replaceFirst("^" + NORM, "price.")
        .replaceFirst("^heads\\.(category|event)\\.0\\.", "head.$1.")
        .replaceFirst("^heads\\.price\\.", "head.price.")
        .replaceFirst("^seq_encoder\\.transformer_model\\.", "decoder.");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hiddenStatesLossesAndGradientsEqualTheReference(boolean fused) throws IOException {
    Path golden = GoldenData.golden("gpt2/next_sku");
    JsonNode expected = JSON.readTree(golden.resolve("expected.json").toFile());
    try (TestContext context = new TestContext(2, 1);
        NDManager manager = Devices.open(context)) {
      float mean = Npy.readFloats(golden.resolve("weights/" + NORM + "running_mean.npy"))[0];
      float variance = Npy.readFloats(golden.resolve("weights/" + NORM + "running_var.npy"))[0];
      SkuNetwork network =
          new SkuNetwork(
              new Parameters(manager, 1),
              new SkuNetwork.Shape(50, 11, 4, new DecoderShape(16, 2, 2, 32)),
              mean,
              (float) (1 / Math.sqrt(variance + 1e-5)));
      for (Iterator<String> names = expected.get("parameters").fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!name.contains("running_")) {
          Files.copy(
              golden.resolve("weights/" + name + ".npy"), folder.resolve(our(name) + ".npy"));
        }
      }
      Parameters parameters = network.parameters();
      parameters.read(folder);
      parameters.zeroGradients();
      List<JsonNode> sequences = lines(golden.resolve("sequences.jsonl"));
      PackedTokens inputs = packed(sequences, "");
      Dropout none = new Dropout(0);
      DecoderPass pass =
          fused
              ? DecoderPass.fused(network.vectors(), network.decoder(), none, manager, context)
              : DecoderPass.recorded(network.vectors(), network.decoder(), none);
      SkuHeads heads =
          new SkuHeads(
              network,
              IntStream.range(0, 50).toArray(),
              IntStream.range(0, 4).toArray(),
              manager,
              context);
      try (NDManager scope = manager.newSubManager()) {
        NDArray hidden = pass.learn(inputs, scope, new SplittableRandom(1));
        assertClose(
            hidden.toFloatArray(), Npy.readDoubles(golden.resolve("hidden_states.npy")), 0, "h");
        NDArray gradient = scope.zeros(hidden.getShape(), DataType.FLOAT32);
        Targets targets = targets(inputs, packed(sequences, "labels_"));
        SkuHeads.Told told =
            heads.learn(hidden, targets, new SkuHeads.Weights(1, 1, 1), gradient, scope);
        JsonNode losses = expected.get("reference_padded_batch");
        assertThat(told.categoryLoss()).isCloseTo(losses.get("category").asDouble(), within(1e-4));
        assertThat(told.eventLoss()).isCloseTo(losses.get("event").asDouble(), within(1e-4));
        assertThat(told.priceError()).isCloseTo(losses.get("price").asDouble(), within(1e-3));
        assertThat(heads.judge(hidden, targets, scope).loss(new SkuHeads.Weights(1, 1, 1)))
            .isCloseTo(told.loss(new SkuHeads.Weights(1, 1, 1)), within(1e-6));
        pass.backward(gradient, scope);
      }
      double[] gradients = Npy.readDoubles(golden.resolve("gradients.npy"));
      for (Map.Entry<String, JsonNode> part : expected.get("gradients").properties()) {
        int offset = part.getValue().get("offset").asInt();
        float[] actual = parameters.get(our(part.getKey())).gradient().toFloatArray();
        // the reference looks its padding up without a gradient, and has real events of code 0
        int skipped = part.getKey().equals("trx_encoder.embeddings.category.weight") ? 11 : 0;
        assertClose(
            Arrays.copyOfRange(actual, skipped, actual.length),
            gradients,
            offset + skipped,
            part.getKey());
      }
    }
  }

  /** In the reference a label 0 does not count, nor a price after a category 0. */
  private static Targets targets(PackedTokens inputs, PackedTokens labels) {
    int all = labels.size();
    return new Targets(
        labels,
        RowSubset.where(all, at -> labels.columns()[0][at] != 0),
        RowSubset.where(all, at -> labels.columns()[1][at] != 0),
        RowSubset.where(all, at -> inputs.columns()[0][at] != 0));
  }

  private static void assertClose(float[] actual, double[] wanted, int offset, String name) {
    for (int i = 0; i < actual.length; i++) {
      double value = wanted[offset + i];
      assertThat((double) actual[i])
          .as("%s %d", name, i)
          .isCloseTo(value, within(2e-5 + 1e-4 * Math.abs(value)));
    }
  }

  @Test
  void tokensEqualTheReference() throws IOException {
    try (TestContext context = new TestContext(2, 1);
        GoldenLog golden = new GoldenLog(folder)) {
      EventLog log = golden.log();
      int[] clients = IntStream.range(0, log.clients()).toArray();
      ProductCodes codes = ProductCodes.fit(log, clients);
      EventSequences sequences = ProductEvents.of(log, codes, Integer.MAX_VALUE, context);
      long[] training =
          IntStream.of(clients)
              .filter(client -> sequences.length(client) > 1)
              .mapToLong(log.clientIds()::get)
              .toArray();
      assertThat(training)
          .isEqualTo(Npy.readLongs(GoldenData.golden("tokens/next_sku_train_client_ids.npy")));
      var reader = sequences.reader();
      int compared = 0;
      for (JsonNode line : lines(GoldenData.golden("tokens/next_sku.jsonl"))) {
        int client = log.indexOf(ClientSelection.of(line.get("client_id").asLong()))[0];
        int[][] tokens = new int[3][sequences.length(client)];
        reader.read(client, tokens, 0);
        List<List<Long>> actual = new ArrayList<>();
        List<List<Long>> wanted = new ArrayList<>();
        for (int i = 0; i < tokens[0].length; i++) {
          long category = codes.categories()[tokens[0][i] - ProductCodes.FIRST];
          actual.add(List.of(category, (long) tokens[1][i], (long) tokens[2][i]));
          wanted.add(
              List.of(
                  line.get("category").get(i).asLong(),
                  line.get("event").get(i).asLong(),
                  line.get("price").get(i).asLong()));
        }
        for (JsonNode tie : line.get("ties")) {
          int from = tie.get(0).asInt();
          int to = tie.get(1).asInt();
          actual.subList(from, to).sort(Comparator.comparing(Object::toString));
          wanted.subList(from, to).sort(Comparator.comparing(Object::toString));
        }
        assertThat(actual).isEqualTo(wanted);
        compared++;
      }
      assertThat(compared).isEqualTo(1042);
    }
  }
}
