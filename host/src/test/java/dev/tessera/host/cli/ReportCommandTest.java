package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report's figures, and that it needs nothing from outside. */
class ReportCommandTest {

  @TempDir static Path folder;
  private static JudgedRun judged;
  private static Path workspace;

  @BeforeAll
  static void makeRun() throws IOException {
    judged = JudgedRun.write(folder);
    workspace = folder.resolve("workspace");
  }

  @Test
  void hasAllFiguresOfTheRunAndItsComparison() throws IOException {
    CommandRun compared =
        CommandRun.of("compare", judged.run(), "--workspace", workspace, "--tasks", "conversion");
    assertThat(compared.code()).as(compared.err()).isZero();

    JsonNode data = data(report("all.html"));

    assertThat(data.get("title").asText()).isEqualTo("run");
    assertThat(data.get("manifest").get("steps")).hasSize(3);
    assertThat(data.get("comparison").get("entries")).hasSize(6);
    assertThat(data.get("probe").asText()).contains("logistic regression");
    assertThat(data.get("notes")).isEmpty();
    JsonNode noise = data.get("embeddings").get(1);
    assertThat(noise.get("dead")).hasSize(1);
    assertThat(noise.get("dead").get(0).asText()).isEqualTo("5");
    assertThat(noise.get("covered").asInt()).isEqualTo(2000);
    assertThat(data.get("embeddings").get(0).get("covered").asInt()).isBetween(1000, 1999);
    assertThat(data.get("embeddings").get(2).get("duplicates")).isEmpty();
    int bins = 0;
    for (JsonNode bin : noise.get("histogram")) {
      bins += bin.asInt();
    }
    assertThat(bins).isEqualTo(2000);
    assertThat(data.get("map").get("embedding").asText()).isEqualTo("profile");
    assertThat(data.get("map").get("x")).hasSize(2000);
    assertThat(data.get("map").get("categories")).hasSize(8);
    assertThat(data.get("neighbours")).hasSize(3);
    for (JsonNode example : data.get("neighbours")) {
      assertThat(example.get("neighbours")).hasSize(5);
      assertThat(example.get("client").get("buys").asInt()).isGreaterThanOrEqualTo(3);
      double before = 1;
      for (JsonNode person : example.get("neighbours")) {
        assertThat(person.get("similarity").asDouble()).isLessThanOrEqualTo(before);
        before = person.get("similarity").asDouble();
      }
    }
  }

  @Test
  void asksForNothingFromOutside() throws IOException {
    String page = report("alone.html");
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://")
        .doesNotContain("https://")
        .doesNotContain("@import")
        .doesNotContain("src=");
    assertThat(page).contains("prefers-color-scheme: dark").contains("width=device-width");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Path bare = folder.resolve("bare");
    Files.createDirectories(bare);
    Files.writeString(
        bare.resolve("manifest.json"),
        Files.readString(judged.run().resolve("manifest.json"))
            .replace(judged.data().toAbsolutePath().toString(), "/nowhere/<\\/script>")
            .replace("\"DONE\"", "\"SKIPPED\""));
    CommandRun run = CommandRun.of("report", bare, "--workspace", workspace);
    assertThat(run.code()).as(run.err()).isZero();
    String page = Files.readString(bare.resolve("report.html"));
    JsonNode data = data(page);
    assertThat(data.get("map").isNull()).isTrue();
    assertThat(data.get("notes").get(0).asText()).contains("not evaluated: 'tessera compare");
    assertThat(data.get("notes").get(1).asText()).contains("no map and no neighbours");
    assertThat(page.split("</script>", -1)).hasSize(2);
    assertThat(CommandRun.of("report", folder.resolve("nowhere")).err()).contains("holds no run");
  }

  private static String report(String name) throws IOException {
    Path file = folder.resolve(name);
    CommandRun run = CommandRun.of("report", judged.run(), "--out", file, "--workspace", workspace);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("Report in " + file);
    return Files.readString(file);
  }

  private static JsonNode data(String page) throws IOException {
    int start = page.indexOf("const data = ") + "const data = ".length();
    return new ObjectMapper()
        .readTree(page.substring(start, page.indexOf(";\nconst page")).replace("<\\/", "</"));
  }
}
