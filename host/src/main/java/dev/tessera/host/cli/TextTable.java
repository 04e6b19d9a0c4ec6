package dev.tessera.host.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as they need; columns whose cells are numbers stand to the right. */
final class TextTable {

  private static final String GAP = "  ";

  private final String[] header;
  private final List<String[]> rows = new ArrayList<>();

  TextTable(String... header) {
    this.header = header;
  }

  /** Adds a row of as many cells as the header has. */
  void row(String... cells) {
    rows.add(cells);
  }

  /** Prints header, rule and rows. */
  void print(PrintWriter out) {
    print(out, header);
    String[] rule = new String[header.length];
    for (int column = 0; column < rule.length; column++) {
      rule[column] = "-".repeat(width(column));
    }
    print(out, rule);
    rows.forEach(row -> print(out, row));
  }

  private void print(PrintWriter out, String[] cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.length; column++) {
      String padding = " ".repeat(width(column) - cells[column].length());
      line.append(isNumeric(column) ? padding + cells[column] : cells[column] + padding);
      line.append(GAP);
    }
    out.println(line.toString().stripTrailing());
  }

  private int width(int column) {
    int width = header[column].length();
    for (String[] row : rows) {
      width = Math.max(width, row[column].length());
    }
    return width;
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty() && rows.stream().allMatch(row -> row[column].matches("[\\d.,%-]*"));
  }
}
