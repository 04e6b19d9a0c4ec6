package dev.tessera.plugin.llm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the largest id that a {@code tokenizer.json} can give: of {@code model.vocab}, an object of
 * ids by token or (unigram models) an array of tokens whose place is the id, and of {@code
 * added_tokens}.
 */
final class TokenIds {

  private final JsonParser parser;
  private long largest = -1;

  private TokenIds(JsonParser parser) {
    this.parser = parser;
  }

  /** The largest id, or -1 if there is no token. */
  static long largest(InputStream json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      TokenIds ids = new TokenIds(parser);
      ids.readRoot();
      return ids.largest;
    }
  }

  private void readRoot() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("it holds no JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (field.equals("added_tokens") && value == JsonToken.START_ARRAY) {
        readAdded();
      } else if (field.equals("model") && value == JsonToken.START_OBJECT) {
        readModel();
      } else {
        parser.skipChildren();
      }
    }
  }

  private void readAdded() throws IOException {
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean id = parser.currentName().equals("id");
        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && id) {
          largest = Math.max(largest, parser.getLongValue());
        }
        parser.skipChildren();
      }
    }
  }

  private void readModel() throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean vocabulary = parser.currentName().equals("vocab");
      JsonToken value = parser.nextToken();
      if (vocabulary && value == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          parser.nextToken();
          largest = Math.max(largest, parser.getLongValue());
        }
      } else if (vocabulary && value == JsonToken.START_ARRAY) {
        long place = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          parser.skipChildren();
          largest = Math.max(largest, place++);
        }
      } else {
        parser.skipChildren();
      }
    }
  }
}
