package dev.tessera.plugin.stats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import java.io.IOException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The 37 columns against the reference pipeline's own, computed by pandas. */
final class StatsGoldenTest {

  private static final int COLUMNS = 37;

  @Test
  void namesTheColumnsAsTheReferenceDoes() throws IOException {
    try (TestContext context = new TestContext();
        StatsModel model = StatsModel.untrained(StatsConfigs.DEFAULT, context)) {
      assertThat(model.columnNames()).isEqualTo(names("columns"));
    }
  }

  @Test
  void equalsTheReferenceInSubmitMode() throws IOException {
    double[] expected = Npy.readDoubles(GoldenData.golden("stats/stat_features.npy"));
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = GoldenLog.whole(context.allocator())) {
      Rows actual = Rows.of(built, context);
      List<String> names = names("columns");
      long[] clients = GoldenLog.relevantClients();
      for (int i = 0; i < clients.length; i++) {
        for (int column = 0; column < COLUMNS; column++) {
          double wanted = expected[i * COLUMNS + column];
          double found = actual.value(clients[i], column);
          assertThat(Math.abs(found - wanted))
              .as("client %d %s: %s, not %s", clients[i], names.get(column), found, wanted)
              .isLessThanOrEqualTo(1e-9 * Math.abs(wanted));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2022-09-16", "2022-11-01", "2022-11-02"})
  void equalsTheReferenceDifferencesOnALogCutBefore(String date) throws IOException {
    int[] expected = Npy.readInts(GoldenData.golden("stats/diff_before_" + date + ".npy"));
    List<String> diffColumns = names("diff_columns");
    try (TestContext context = new TestContext();
        BuiltLog built =
            GoldenLog.before(context.allocator(), LocalDate.parse(date).atStartOfDay())) {
      Rows actual = Rows.of(built, context);
      long[] clients = GoldenLog.relevantClients();
      for (int i = 0; i < clients.length; i++) {
        for (int j = 0; j < diffColumns.size(); j++) {
          int column = names("columns").indexOf(diffColumns.get(j));
          assertThat(actual.value(clients[i], column))
              .as("client %d %s", clients[i], diffColumns.get(j))
              .isEqualTo(expected[i * diffColumns.size() + j]);
        }
      }
    }
  }

  @Test
  void leavesTheReferenceClientsInLocalMode() throws IOException {
    long[] expected = Npy.readLongs(GoldenData.golden("stats/local_client_ids.npy"));
    try (TestContext context = new TestContext();
        BuiltLog built = GoldenLog.before(context.allocator(), trainTargetStart())) {
      Rows actual = Rows.of(built, context);
      assertThat(Arrays.stream(GoldenLog.relevantClients()).filter(actual::isNotZero).toArray())
          .isEqualTo(expected);
    }
  }

  @Test
  void equalsTheReferenceInLocalModeOnceStandardised() throws IOException {
    float[] expected = Npy.readFloats(GoldenData.golden("evaluate/stat_standardised.npy"));
    long[] clients = Npy.readLongs(GoldenData.golden("evaluate/client_ids.npy"));
    try (TestContext context = new TestContext();
        BuiltLog built = GoldenLog.before(context.allocator(), trainTargetStart())) {
      Rows actual = Rows.of(built, context);
      for (int column = 0; column < COLUMNS; column++) {
        int current = column;
        double[] values =
            Arrays.stream(clients).mapToDouble(client -> actual.value(client, current)).toArray();
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance =
            Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        for (int i = 0; i < clients.length; i++) {
          double standardised = variance == 0 ? 0 : (values[i] - mean) / Math.sqrt(variance);
          // the reference rows are float16: 11 bits
          assertThat(Math.abs(standardised - expected[i * COLUMNS + column]))
              .as("client %d column %d", clients[i], column)
              .isLessThanOrEqualTo(1e-3 * Math.max(1e-3, Math.abs(standardised)));
        }
      }
    }
  }

  /** Every relevant client's row, fitted and embedded on one log. */
  private record Rows(ClientSelection clients, double[] values) {

    static Rows of(BuiltLog built, TestContext context) {
      try (StatsModel model = StatsModel.untrained(StatsConfigs.DEFAULT, context)) {
        assertThat(model.fit(built.log()).notes()).isEmpty();
        ClientSelection clients = built.log().relevantClients();
        return new Rows(clients, model.embedInDouble(built.log(), clients));
      }
    }

    double value(long client, int column) {
      return values[clients.indexOf(client) * COLUMNS + column];
    }

    boolean isNotZero(long client) {
      int row = clients.indexOf(client) * COLUMNS;
      return Arrays.stream(values, row, row + COLUMNS).anyMatch(value -> value != 0);
    }
  }

  private static LocalDateTime trainTargetStart() throws IOException {
    return LocalDateTime.parse(
        json("split/split.json").get("train_target_start").asText().replace(' ', 'T'));
  }

  private static List<String> names(String key) throws IOException {
    List<String> names = new ArrayList<>();
    json("stats/columns.json").get(key).forEach(name -> names.add(name.asText()));
    return names;
  }

  private static JsonNode json(String part) throws IOException {
    return new ObjectMapper().readTree(GoldenData.golden(part).toFile());
  }
}
