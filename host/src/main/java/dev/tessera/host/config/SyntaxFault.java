package dev.tessera.host.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.JacksonYAMLParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a parser says is wrong with a text, without its drawing of the place.
 *
 * @param line counted from 1
 * @param problem on one line
 */
record SyntaxFault(int line, String problem) {

  private static final Pattern MARK = Pattern.compile("in '[^']*', line (\\d+), column \\d+:?");

  static SyntaxFault of(JsonProcessingException failure) {
    if (failure instanceof JacksonYAMLParseException) {
      return ofYaml(failure.getOriginalMessage());
    }
    int line = failure.getLocation() == null ? 1 : failure.getLocation().getLineNr();
    String problem = failure.getOriginalMessage().lines().findFirst().orElse("malformed");
    return new SyntaxFault(Math.max(1, line), problem);
  }

  /**
   * The YAML parser says what it was doing and what it met, each followed by a mark and a drawing,
   * which are indented. The last of each is what the user must change.
   */
  private static SyntaxFault ofYaml(String message) {
    int line = 1;
    Matcher mark = MARK.matcher(message);
    while (mark.find()) {
      line = Integer.parseInt(mark.group(1));
    }
    List<String> sentences =
        message.lines().filter(text -> !text.isBlank() && !text.startsWith(" ")).toList();
    return new SyntaxFault(
        line, sentences.isEmpty() ? "malformed" : sentences.get(sentences.size() - 1));
  }
}
