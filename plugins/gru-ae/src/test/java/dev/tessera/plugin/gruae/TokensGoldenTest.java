package dev.tessera.plugin.gruae;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.EventLog;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.neural.IdVocabulary;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.Tokens;
import dev.tessera.neural.TrainOn;
import dev.tessera.neural.testkit.GoldenLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensGoldenTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TokenColumn[] ALL_COLUMNS = {
    TokenColumn.WEEK,
    TokenColumn.EVENT_TYPE,
    TokenColumn.CATEGORY,
    TokenColumn.PRICE,
    TokenColumn.SKU,
    TokenColumn.URL
  };

  @TempDir static Path workspace;

  private static GoldenLog golden;
  private static TestContext context;

  @BeforeAll
  static void open() {
    context = new TestContext();
    golden = new GoldenLog(workspace);
  }

  @AfterAll
  static void close() {
    if (golden != null) {
      golden.close();
    }
    context.close();
  }

  private static final class Fitted {

    final GruAeConfig config;
    final List<ColumnCodec> codecs;
    final SequenceSource sequences;

    Fitted(GruAeConfigs configs) {
      config = configs.maxTokens(10_000).batches(1, 20_000).build();
      EventLog log = golden.log();
      int[] clients =
          config.trainOn() == TrainOn.ALL
              ? IntStream.range(0, log.clients()).toArray()
              : log.indexOf(log.relevantClients());
      codecs = new SchemaFitter(config, log, clients).fit();
      sequences = GruAeModel.sequences(config, log, codecs, context);
    }

    /** Per column the tokens without begin and end, as the reference numbers them. */
    List<int[]> tokens(int client) {
      int length = sequences.length(client);
      if (length == 0) {
        return codecs.stream().map(codec -> new int[0]).toList();
      }
      int[][] tokens = new int[codecs.size()][length];
      sequences.reader().read(client, tokens, 0);
      List<int[]> inner = new ArrayList<>();
      for (int column = 0; column < tokens.length; column++) {
        assertThat(tokens[column][0]).isEqualTo(Tokens.BEGIN);
        assertThat(tokens[column][length - 1]).isEqualTo(Tokens.END);
        inner.add(
            asReference(codecs.get(column), Arrays.copyOfRange(tokens[column], 1, length - 1)));
      }
      return inner;
    }
  }

  /**
   * The reference's category and price tokens are id + 4; ours are dense over the ids that occur.
   */
  private static int[] asReference(ColumnCodec codec, int[] tokens) {
    if (codec.column() != TokenColumn.CATEGORY && codec.column() != TokenColumn.PRICE) {
      return tokens;
    }
    IdVocabulary vocabulary = ((IdCodec) codec).vocabulary();
    long[] ids = vocabulary.ids().toArray();
    return Arrays.stream(tokens)
        .map(
            token ->
                token == IdVocabulary.ABSENT
                    ? token
                    : (int) ids[token - vocabulary.firstKept()] + 4)
        .toArray();
  }

  private static JsonNode facts() throws IOException {
    return JSON.readTree(GoldenData.golden("tokens/tokens.json").toFile());
  }

  /** Compares all clients of a file; the order within ties of one second is left open there. */
  private static int compare(Fitted fitted, String file, List<String> keys, int perTie)
      throws IOException {
    EventLog log = golden.log();
    int clients = 0;
    for (String line : Files.readAllLines(GoldenData.golden("tokens/" + file))) {
      JsonNode expected = JSON.readTree(line);
      long id = expected.get("client_id").asLong();
      int client = log.indexOf(dev.tessera.api.ClientSelection.of(id))[0];
      List<int[]> tokens = fitted.tokens(client);
      List<int[]> wanted = new ArrayList<>();
      for (String key : keys) {
        wanted.add(JSON.convertValue(expected.get(key), int[].class));
      }
      sortTies(tokens, expected.get("ties"), perTie);
      sortTies(wanted, expected.get("ties"), perTie);
      for (int column = 0; column < keys.size(); column++) {
        assertThat(tokens.get(column))
            .as("client %d column %s", id, keys.get(column))
            .isEqualTo(wanted.get(column));
      }
      clients++;
    }
    return clients;
  }

  private static void sortTies(List<int[]> columns, JsonNode ties, int perTie) {
    for (JsonNode tie : ties) {
      int from = tie.get(0).asInt() * perTie;
      int to = tie.get(1).asInt() * perTie;
      List<List<Integer>> rows = new ArrayList<>();
      for (int i = from; i < to; i += perTie) {
        List<Integer> row = new ArrayList<>();
        for (int[] column : columns) {
          for (int j = i; j < i + perTie; j++) {
            row.add(column[j]);
          }
        }
        rows.add(row);
      }
      rows.sort(java.util.Comparator.comparing(Object::toString));
      for (int i = 0; i < rows.size(); i++) {
        for (int column = 0; column < columns.size(); column++) {
          for (int j = 0; j < perTie; j++) {
            columns.get(column)[from + i * perTie + j] = rows.get(i).get(column * perTie + j);
          }
        }
      }
    }
  }

  /** Length, then per column the sum and the sum of squares of the tokens, for every client. */
  private static void compareSums(Fitted fitted, String idsFile, String sumsFile) {
    long[] ids = Npy.readLongs(GoldenData.golden("tokens/" + idsFile));
    long[] sums = readMatrix(GoldenData.golden("tokens/" + sumsFile));
    int width = 1 + 2 * fitted.codecs.size();
    EventLog log = golden.log();
    for (int i = 0; i < ids.length; i++) {
      int client = log.indexOf(dev.tessera.api.ClientSelection.of(ids[i]))[0];
      List<int[]> tokens = fitted.tokens(client);
      long[] actual = new long[width];
      actual[0] = tokens.get(0).length;
      for (int column = 0; column < tokens.size(); column++) {
        for (long token : tokens.get(column)) {
          actual[1 + 2 * column] += token;
          actual[2 + 2 * column] += token * token;
        }
      }
      assertThat(actual)
          .as("client %d", ids[i])
          .isEqualTo(Arrays.copyOfRange(sums, i * width, (i + 1) * width));
    }
  }

  private static long[] readMatrix(Path file) {
    Npy.Header header = Npy.header(file);
    assertThat(header.dtype()).isEqualTo("<i8");
    try {
      byte[] bytes = Files.readAllBytes(file);
      long[] values = new long[(int) header.size()];
      java.nio.ByteBuffer.wrap(bytes)
          .order(java.nio.ByteOrder.LITTLE_ENDIAN)
          .position((int) header.dataOffset())
          .asLongBuffer()
          .get(values);
      return values;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void daysAndEventTypesEqualTheReference() throws Exception {
    Fitted fitted = new Fitted(new GruAeConfigs());
    assertThat(compare(fitted, "gru_ae_day_event.jsonl", List.of("day", "event_type"), 1))
        .isEqualTo(1939);
    JsonNode sizes = facts().get("gru_ae_day_event").get("vocab_size");
    // one more: the token of days that the log does not have
    assertThat(fitted.codecs.get(0).size()).isEqualTo(sizes.get("day").asInt() + 1);
    assertThat(fitted.codecs.get(1).size()).isEqualTo(sizes.get("event_type").asInt());
  }

  @Test
  void allColumnsEqualTheReferenceForEveryClient() throws Exception {
    Fitted fitted =
        new Fitted(new GruAeConfigs().columns(ALL_COLUMNS).combine(Combine.SUM).noUrl(0));
    assertThat(
            compare(
                fitted,
                "gru_ae_week_event_cat_price_sku_url.jsonl",
                List.of("week", "event_type", "category", "price", "sku", "url"),
                1))
        .isEqualTo(482);
    compareSums(fitted, "gru_ae_client_ids.npy", "gru_ae_week_sums.npy");
    JsonNode sizes = facts().get("gru_ae_week_event_cat_price_sku_url").get("vocab_size");
    assertThat(fitted.codecs.get(0).size()).isEqualTo(sizes.get("week").asInt() + 1);
    assertThat(fitted.codecs.get(4).size()).isEqualTo(sizes.get("sku").asInt() + 1);
    assertThat(fitted.codecs.get(5).size()).isEqualTo(sizes.get("url").asInt() + 1);
  }

  @Test
  void cappedVocabulariesKeepTheSameIdsWhereNoTieDecides() throws Exception {
    Fitted fitted = capped(286);
    assertThat(compare(fitted, "gru_ae_max_count_exact.jsonl", List.of("sku", "url"), 1))
        .isEqualTo(482);
    compareSums(fitted, "gru_ae_client_ids.npy", "gru_ae_max_count_exact_sums.npy");
    checkRare(fitted, facts().get("max_count_exact"));
  }

  @Test
  void cappedVocabulariesAreAsLargeWhereTiesDecide() throws Exception {
    checkRare(capped(401), facts().get("max_count_with_ties"));
  }

  private static Fitted capped(int most) {
    return new Fitted(
        new GruAeConfigs()
            .columns(TokenColumn.SKU, TokenColumn.URL)
            .caps(new TreeMap<>(Map.of(TokenColumn.SKU, most, TokenColumn.URL, most)))
            .noUrl(0));
  }

  private static void checkRare(Fitted fitted, JsonNode expected) {
    long[] rare = new long[2];
    for (int client : golden.log().indexOf(golden.log().relevantClients())) {
      List<int[]> tokens = fitted.tokens(client);
      for (int column = 0; column < 2; column++) {
        rare[column] += Arrays.stream(tokens.get(column)).filter(token -> token == 4).count();
      }
    }
    String[] keys = {"sku", "url"};
    for (int column = 0; column < 2; column++) {
      assertThat(fitted.codecs.get(column).size())
          .isEqualTo(expected.get("vocab_size").get(keys[column]).asInt());
      assertThat(rare[column])
          .isEqualTo(expected.get(keys[column]).get("events_with_rare_token").asLong());
    }
  }

  @Test
  void nameCodesEqualTheReferenceForAllClients() throws Exception {
    Fitted fitted =
        new Fitted(new GruAeConfigs().columns(TokenColumn.NAME_CODES).trainOn(TrainOn.ALL, 0));
    assertThat(compare(fitted, "gru_ae_sku_text.jsonl", List.of("text"), 16)).isEqualTo(522);
    compareSums(fitted, "gru_ae_sku_text_client_ids.npy", "gru_ae_sku_text_sums.npy");
    assertThat(fitted.codecs.get(0).size())
        .isEqualTo(facts().get("gru_ae_sku_text").get("vocab_size").get("text").asInt());
  }
}
