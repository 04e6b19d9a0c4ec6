package dev.tessera.plugin.llm;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import java.util.Arrays;
import org.apache.arrow.vector.FixedSizeBinaryVector;

/**
 * A client's last searches as the table that pandas 1.5 prints with {@code to_string(index=False)}:
 * columns {@code 0 … 15} with the query's codes and {@code timestamp}, right-justified, one space
 * between, a line each, oldest first. A column is as wide as its longest cell; the header of a
 * column of numbers counts one more than its digits.
 *
 * <p>Searches of one second keep the order of the log.
 */
final class SearchTable implements ClientText {

  private static final int CODES = ProductTable.TEXT_CODES;
  private static final String TIME_HEADER = "timestamp";
  private static final int TIME_WIDTH = "2022-11-06 23:26:30".length();

  private final EventTable searches;
  private final FixedSizeBinaryVector queries;
  private final int maxSearches;
  private final int[] widths = new int[CODES];
  private final StringBuilder out = new StringBuilder();

  SearchTable(EventLog log, int maxSearches) {
    this.searches = log.events(EventKind.SEARCH_QUERY);
    this.queries = log.queries();
    this.maxSearches = maxSearches;
  }

  @Override
  public String of(int client) {
    int end = searches.end(client);
    int start = Math.max(searches.start(client), end - maxSearches);
    if (start == end) {
      return "";
    }
    measure(start, end);
    out.setLength(0);
    for (int column = 0; column < CODES; column++) {
      appendRight(column, widths[column]);
      out.append(' ');
    }
    pad(TIME_WIDTH - TIME_HEADER.length());
    out.append(TIME_HEADER);
    for (int row = start; row < end; row++) {
      out.append('\n');
      int query = searches.item(row);
      for (int column = 0; column < CODES; column++) {
        appendRight(TextCodes.code(queries, query, column), widths[column]);
        out.append(' ');
      }
      Times.appendSeconds(out, searches.time(row));
    }
    return out.toString();
  }

  private void measure(int start, int end) {
    Arrays.setAll(widths, column -> digits(column) + 1);
    for (int row = start; row < end; row++) {
      int query = searches.item(row);
      for (int column = 0; column < CODES; column++) {
        widths[column] = Math.max(widths[column], digits(TextCodes.code(queries, query, column)));
      }
    }
  }

  private static int digits(int number) {
    return number < 10 ? 1 : number < 100 ? 2 : 3;
  }

  private void appendRight(int number, int width) {
    pad(width - digits(number));
    out.append(number);
  }

  private void pad(int spaces) {
    for (int i = 0; i < spaces; i++) {
      out.append(' ');
    }
  }
}
