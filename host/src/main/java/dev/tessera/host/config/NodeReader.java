package dev.tessera.host.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigScalar.Type;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Reads YAML (or JSON) into nodes, each with its path and line. */
final class NodeReader {

  private static final String SUBJECT = "config";

  private final JsonParser parser;
  private final IntFunction<Origin> origins;

  private NodeReader(JsonParser parser, IntFunction<Origin> origins) {
    this.parser = parser;
    this.origins = origins;
  }

  /** A file whose top is a map; an empty file is an empty map. */
  static ConfigMap file(Path file) {
    try {
      String text = Files.readString(file);
      ConfigNode top = read(yamlFormat(), text, "", line -> new Origin.File(file, line));
      if (top instanceof ConfigMap map) {
        return map;
      }
      if (top instanceof ConfigScalar scalar && scalar.type() == Type.EMPTY) {
        return new ConfigMap("", new Origin.File(file, 1), Map.of());
      }
      throw ConfigErrors.at(SUBJECT, "must be keys and values, was " + top.describe(), top);
    } catch (NoSuchFileException e) {
      throw new PluginException(ErrorCode.INVALID_CONFIG, "no such file: " + file, e);
    } catch (CharacterCodingException e) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, file + " must be UTF-8 text, has other bytes", e);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
  }

  /** A value as it would stand in YAML, all from one place. */
  static ConfigNode yaml(String text, String path, Origin origin) {
    return parse(yamlFormat(), text, path, line -> origin);
  }

  /** {@code yes}, {@code no}, {@code on} and {@code off} are words here, as in YAML 1.2. */
  private static YAMLFactory yamlFormat() {
    return YAMLFactory.builder()
        .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
        .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
        .build();
  }

  /** JSON text from a file. */
  static ConfigNode json(String text, Path file) {
    return parse(new JsonFactory(), text, "", line -> new Origin.File(file, line));
  }

  private static ConfigNode parse(
      JsonFactory format, String text, String path, IntFunction<Origin> origins) {
    try {
      return read(format, text, path, origins);
    } catch (IOException e) {
      throw new IllegalStateException("text in memory cannot fail to be read", e);
    }
  }

  private static ConfigNode read(
      JsonFactory format, String text, String path, IntFunction<Origin> origins)
      throws IOException {
    try (JsonParser parser = format.createParser(text)) {
      NodeReader reader = new NodeReader(parser, origins);
      if (parser.nextToken() == null) {
        return new ConfigScalar(path, origins.apply(1), Type.EMPTY, "");
      }
      ConfigNode node = reader.node(path, reader.here());
      if (parser.nextToken() != null) {
        throw ConfigErrors.at(SUBJECT, "must be one document, a second starts", "", reader.here());
      }
      return node;
    } catch (JsonProcessingException e) {
      SyntaxFault fault = SyntaxFault.of(e);
      Origin origin = origins.apply(fault.line());
      throw ConfigErrors.at(SUBJECT, "cannot be read: " + fault.problem(), path, origin);
    }
  }

  private Origin here() {
    return origins.apply(Math.max(1, parser.currentTokenLocation().getLineNr()));
  }

  private ConfigNode node(String path, Origin origin) throws IOException {
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw ConfigErrors.at(SUBJECT, "aliases (*name) are not supported: repeat it", path, origin);
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(path, origin);
      case START_ARRAY -> list(path, origin);
      case VALUE_NUMBER_INT -> scalar(path, origin, Type.INTEGER);
      case VALUE_NUMBER_FLOAT -> scalar(path, origin, Type.DECIMAL);
      case VALUE_TRUE, VALUE_FALSE -> scalar(path, origin, Type.BOOLEAN);
      case VALUE_NULL -> new ConfigScalar(path, origin, Type.EMPTY, "");
      default -> scalar(path, origin, Type.TEXT);
    };
  }

  private ConfigScalar scalar(String path, Origin origin, Type type) throws IOException {
    return new ConfigScalar(path, origin, type, parser.getText());
  }

  private ConfigList list(String path, Origin origin) throws IOException {
    List<ConfigNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(ConfigErrors.join(path, String.valueOf(items.size())), here()));
    }
    return new ConfigList(path, origin, items);
  }

  private ConfigMap map(String path, Origin origin) throws IOException {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String keyPath = ConfigErrors.join(path, key);
      // The key's line: a map's own line would be that of its first key.
      Origin place = here();
      ConfigNode first = entries.get(key);
      if (first != null) {
        String what = path.equals("steps") ? "two steps are named" : "the same key twice:";
        String where = "first at " + first.origin().describe();
        throw ConfigErrors.at(SUBJECT, "%s '%s', %s".formatted(what, key, where), keyPath, place);
      }
      parser.nextToken();
      entries.put(key, node(keyPath, place));
    }
    return new ConfigMap(path, origin, entries);
  }
}
