package dev.tessera.plugin.llm;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The text of an event: literal text and places in braces, such as {@code "bought {item} on
 * {day}"}.
 *
 * @param kind the kind of events it is for
 * @param parts in order
 */
record LineTemplate(EventKind kind, List<Part> parts) {

  private static final String NONE = "none";

  /** What a place stands for. */
  enum Place {
    /** The kind of event in words. */
    EVENT,
    /** To the day. */
    DAY,
    /** To the minute. */
    MINUTE,
    /** To the second. */
    SECOND,
    /** The original id of a product or a page. */
    ITEM,
    /** The original id of a product's category. */
    CATEGORY,
    /** A product's price bucket. */
    PRICE,
    /** The codes of a product's name. */
    NAME,
    /** The codes of a search. */
    QUERY;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean fits(EventKind kind) {
      return switch (this) {
        case EVENT, DAY, MINUTE, SECOND -> true;
        case ITEM -> kind.itemKind() != EventKind.ItemKind.QUERY;
        case CATEGORY, PRICE, NAME -> kind.itemKind() == EventKind.ItemKind.SKU;
        case QUERY -> kind.itemKind() == EventKind.ItemKind.QUERY;
      };
    }
  }

  /** A piece of a template: text, or a place if {@code place} is not null. */
  record Part(String text, Place place) {}

  /** Copies the list. */
  LineTemplate {
    parts = List.copyOf(parts);
  }

  /** The reference's line of a kind. */
  static String defaultText(EventKind kind) {
    String head = "event type: {event}; timestamp: {minute}; ";
    return switch (kind.itemKind()) {
      case SKU -> head + "item: {item}; category: {category}; price: {price}; name: {name};";
      case URL -> head + "url: {item};";
      case QUERY -> head + "query: {query};";
    };
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if a brace is not closed, or a place is unknown or not one of
   *     this kind of event
   */
  static LineTemplate parse(EventKind kind, String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf('{', at);
      if (open < 0) {
        parts.add(new Part(text.substring(at), null));
        break;
      }
      if (open > at) {
        parts.add(new Part(text.substring(at, open), null));
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException(
            "templates.%s: the brace at character %d is not closed: %s"
                .formatted(kind.tableName(), open, text));
      }
      parts.add(new Part("", place(kind, text.substring(open + 1, close))));
      at = close + 1;
    }
    return new LineTemplate(kind, parts);
  }

  private static Place place(EventKind kind, String name) {
    return Arrays.stream(Place.values())
        .filter(place -> place.fits(kind) && place.key().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "templates.%s: {%s} is unknown; there are %s"
                        .formatted(
                            kind.tableName(),
                            name,
                            Arrays.stream(Place.values())
                                .filter(place -> place.fits(kind))
                                .map(place -> "{" + place.key() + "}")
                                .collect(Collectors.joining(", ")))));
  }

  /** Writes the text of one event of this kind. */
  void append(StringBuilder out, EventLog log, int item, long micros) {
    for (Part part : parts) {
      if (part.place() == null) {
        out.append(part.text());
      } else {
        append(out, part.place(), log, item, micros);
      }
    }
  }

  private void append(StringBuilder out, Place place, EventLog log, int item, long micros) {
    switch (place) {
      case EVENT -> out.append(words());
      case DAY -> Times.appendDay(out, micros);
      case MINUTE -> Times.appendMinutes(out, micros);
      case SECOND -> Times.appendSeconds(out, micros);
      case ITEM ->
          out.append(
              kind.itemKind() == EventKind.ItemKind.URL
                  ? log.urlIds().get(item)
                  : log.products().skus().get(item));
      case CATEGORY -> appendId(out, log.products().categoryIds(), log.products().category(item));
      case PRICE -> appendId(out, log.products().priceIds(), log.products().price(item));
      case NAME -> {
        if (log.products().isKnown(item)) {
          TextCodes.append(out, log.products().names(), item);
        } else {
          out.append(NONE);
        }
      }
      case QUERY -> TextCodes.append(out, log.queries(), item);
    }
  }

  private static void appendId(
      StringBuilder out, org.apache.arrow.vector.BigIntVector ids, int code) {
    if (code < 0) {
      out.append(NONE);
    } else {
      out.append(ids.get(code));
    }
  }

  private String words() {
    return kind.tableName().replace('_', ' ');
  }
}
