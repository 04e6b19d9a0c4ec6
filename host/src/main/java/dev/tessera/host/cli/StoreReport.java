package dev.tessera.host.cli;

import dev.tessera.host.data.StoreSummary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text that {@code data inspect} prints. */
final class StoreReport {

  private static final List<String> HEADER =
      List.of("table", "rows", "clients", "first", "last", "distinct", "nulls", "unknown skus");
  private static final List<Boolean> RIGHT_ALIGNED =
      List.of(false, true, true, false, false, true, true, true);

  private StoreReport() {}

  static String of(StoreSummary summary, Path directory) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    summary.tables().forEach(table -> rows.add(row(table)));
    StringBuilder text = new StringBuilder(table(rows));
    StoreSummary.Products products = summary.products();
    text.append(
        line(
            "%nproducts: %,d skus, %,d of them unknown (not in product_properties); %,d categories, %,d prices",
            products.skus(), products.unknownSkus(), products.categories(), products.prices()));
    StoreSummary.Clients clients = summary.clients();
    text.append(
        line(
            "clients: %,d; relevant: %,d, of them %,d with events and %,d without%s",
            clients.total(),
            clients.relevant(),
            clients.relevantWithEvents(),
            clients.relevant() - clients.relevantWithEvents(),
            clients.listed() ? "" : " (no list: all are relevant)"));
    text.append(
        line("store: %s (%.1f MB, mode %s)", directory, summary.sizeBytes() / 1e6, summary.mode()));
    summary.warnings().forEach(warning -> text.append(line("warning: %s", warning)));
    return text.toString();
  }

  private static List<String> row(StoreSummary.Table table) {
    long nulls = table.nulls().values().stream().mapToLong(Long::longValue).sum();
    return List.of(
        table.name(),
        number(table.rows()),
        number(table.clients()),
        table.first().isEmpty() ? "-" : table.first(),
        table.last().isEmpty() ? "-" : table.last(),
        number(table.distinctItems()) + " " + table.item(),
        number(nulls),
        table.item().equals("sku") ? number(table.unknownRows()) : "-");
  }

  private static String table(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        int column = c;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        String cell = row.get(c);
        String padding = " ".repeat(width - cell.length());
        line.append(RIGHT_ALIGNED.get(c) ? padding + cell : cell + padding).append("  ");
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
