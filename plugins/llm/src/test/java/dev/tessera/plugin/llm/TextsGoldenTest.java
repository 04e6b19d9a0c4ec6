package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.neural.testkit.GoldenLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts are those that pandas and the reference's expressions give for the same log. */
class TextsGoldenTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path workspace;

  private static GoldenLog golden;

  @BeforeAll
  static void open() {
    golden = new GoldenLog(workspace);
  }

  @AfterAll
  static void close() {
    if (golden != null) {
      golden.close();
    }
  }

  private static List<JsonNode> rows(String file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(GoldenData.golden("text/" + file))) {
      rows.add(JSON.readTree(line));
    }
    assertThat(rows).hasSize(40);
    return rows;
  }

  private static String text(ClientText texts, JsonNode row) {
    long id = row.get("client_id").asLong();
    return texts.of(golden.log().indexOf(ClientSelection.of(id))[0]);
  }

  @Test
  void searchesAreTheTableThatPandasPrints() throws IOException {
    ClientText texts = new LlmConfigs().build().texts(golden.log());
    for (JsonNode row : rows("search.jsonl")) {
      assertThat(text(texts, row)).isEqualTo(row.get("text_time_order").asText());
    }
  }

  @Test
  void eventsOfAllKindsAreTheReferencesLines() throws IOException {
    ClientText texts = new LlmConfigs().lines(64).build().texts(golden.log());
    for (JsonNode row : rows("all_interactions.jsonl")) {
      String[] actual = text(texts, row).split("\n");
      String[] expected = row.get("text").asText().split("\n");
      assertThat(actual).hasSameSizeAs(expected);
      // lines of one second may stand in any order
      for (int from = 0; from < expected.length; ) {
        int to = from;
        long second = row.get("seconds").get(from).asLong();
        while (to < expected.length && row.get("seconds").get(to).asLong() == second) {
          to++;
        }
        List<String> found = List.of(actual).subList(from, to);
        if (to == expected.length && row.get("cut_in_tie").asBoolean()) {
          List<String> candidates = new ArrayList<>();
          row.get("lines_at_the_cut_second").forEach(line -> candidates.add(line.asText()));
          assertThat(candidates).containsAll(found);
          assertThat(found).doesNotHaveDuplicates();
        } else {
          assertThat(found)
              .containsExactlyInAnyOrderElementsOf(List.of(expected).subList(from, to));
        }
        from = to;
      }
    }
  }
}
