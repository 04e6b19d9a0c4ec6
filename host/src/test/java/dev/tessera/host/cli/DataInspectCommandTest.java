package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumn;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataInspectCommandTest {

  @TempDir private Path temp;

  @BeforeEach
  void twoClientsWithThreeVisitsAndATableWithoutRowGroups() throws IOException {
    write("page_visit", "url", 3);
    write("product_buy", "sku", 0);
  }

  private void write(String table, String item, int rows) throws IOException {
    try (ParquetColumnWriter writer =
        new ParquetColumnWriter(
            temp.resolve(table + ".parquet"),
            List.of(
                new ParquetColumn.Int64("client_id"),
                new ParquetColumn.TimestampMicros("timestamp"),
                new ParquetColumn.Int64(item)),
            ParquetRowGroupLimit.DEFAULT,
            Map.of())) {
      writer.write(
          rows,
          List.of(
              new ColumnValues.Longs(new long[] {8, 9, 8}),
              new ColumnValues.Longs(new long[] {3_000_000, 1_000_000, 2_000_000}),
              new ColumnValues.Longs(new long[] {5, 5, 6})));
      writer.commit();
    }
  }

  private String run(String... options) {
    StringWriter out = new StringWriter();
    CommandLine command = new CommandLine(new DataInspectCommand());
    command.setOut(new PrintWriter(out)).setCaseInsensitiveEnumValuesAllowed(true);
    String[] arguments = {temp.toString(), "--workspace", temp.resolve("workspace").toString()};
    command.parseArgs(arguments);
    String[] all = new String[arguments.length + options.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(options, 0, all, arguments.length, options.length);
    assertThat(command.execute(all)).isZero();
    return out.toString();
  }

  @Test
  void printsALineForEachTable() {
    String text = run();
    assertThat(text.lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "product_buy 0 0 - - 0 sku 0 0",
            "page_visit 3 2 1970-01-01T00:00:01Z 1970-01-01T00:00:03Z 2 url 0 -",
            "clients: 2; relevant: 2, of them 2 with events and 0 without (no list: all are relevant)")
        .anyMatch(line -> line.startsWith("warning: ") && line.contains("add_to_cart.parquet"));
  }

  @Test
  void printsTheSameFiguresAsJson() throws IOException {
    JsonNode summary = new ObjectMapper().readTree(run("--json"));
    JsonNode visits = summary.get("tables").get(3);
    assertThat(visits.get("name").textValue()).isEqualTo("page_visit");
    assertThat(visits.get("rows").intValue()).isEqualTo(3);
    assertThat(visits.get("distinctItems").intValue()).isEqualTo(2);
    assertThat(summary.get("clients").get("total").intValue()).isEqualTo(2);
    assertThat(summary.get("warnings")).hasSize(5);
  }
}
