package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TextTableTest {

  @Test
  void putsNumbersToTheRightAndLetsALongCellGoOnInAFurtherLine() {
    TextTable table = new TextTable("key", "rows", "meaning").wrappedAt(48);
    table.row("a", "1,000", "one two three four five six seven eight nine ten eleven twelve");
    table.row("long-key", "7", "short");
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text, true));
    assertThat(text.toString().lines())
        .containsExactly(
            "key        rows  meaning",
            "--------  -----  ------------------------------------------------",
            "a         1,000  one two three four five six seven eight nine ten",
            "                 eleven twelve",
            "long-key      7  short");
  }
}
