package dev.tessera.host.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Columns of text, as wide as they need, or with long cells going on in further lines. Columns
 * whose cells are numbers stand to the right.
 */
final class TextTable {

  private static final String GAP = "  ";

  private final String[] header;
  private final List<String[]> rows = new ArrayList<>();
  private int widest = Integer.MAX_VALUE;

  TextTable(String... header) {
    this.header = header;
  }

  /** Lets cells of more characters go on in further lines. */
  TextTable wrappedAt(int characters) {
    widest = characters;
    return this;
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
    List<List<String>> wrapped = Arrays.stream(cells).map(this::wrap).toList();
    int lines = wrapped.stream().mapToInt(List::size).max().orElse(1);
    for (int i = 0; i < lines; i++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < cells.length; column++) {
        List<String> parts = wrapped.get(column);
        String part = i < parts.size() ? parts.get(i) : "";
        String padding = " ".repeat(width(column) - part.length());
        line.append(isNumeric(column) ? padding + part : part + padding);
        line.append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private int width(int column) {
    int width = header[column].length();
    for (String[] row : rows) {
      for (String part : wrap(row[column])) {
        width = Math.max(width, part.length());
      }
    }
    return width;
  }

  /** Parts of at most {@link #widest} characters, cut at spaces; a longer word stays whole. */
  private List<String> wrap(String text) {
    if (text.length() <= widest) {
      return List.of(text);
    }
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!part.isEmpty() && part.length() + 1 + word.length() > widest) {
        parts.add(part.toString());
        part.setLength(0);
      }
      part.append(part.isEmpty() ? "" : " ").append(word);
    }
    parts.add(part.toString());
    return parts;
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty() && rows.stream().allMatch(row -> row[column].matches("[\\d.,%-]*"));
  }
}
