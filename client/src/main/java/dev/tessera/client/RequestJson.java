package dev.tessera.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tessera.client.VectorForm.Columns;
import dev.tessera.client.VectorForm.Reduction;
import dev.tessera.client.VectorForm.ValueType;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The JSON form of a request, read with care: every mistake is INVALID_ARGUMENT and one line. */
final class RequestJson {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String EMBEDDING = "embedding";
  private static final String VERSION = "version";
  private static final String AS_OF = "as_of";
  private static final String CLIENTS = "clients";
  private static final String ROWS = "rows";
  private static final String COLUMNS = "columns";
  private static final String TYPE = "type";
  private static final String PROJECTION = "projection";
  private static final String DIMENSION = "dimension";
  private static final String SEED = "seed";
  private static final String PCA = "pca";
  private static final String KEY = "key";
  private static final String QUERY = "query";
  private static final List<String> KEYS =
      List.of(EMBEDDING, VERSION, AS_OF, CLIENTS, ROWS, COLUMNS, TYPE, PROJECTION, PCA, KEY, QUERY);
  private static final String EXAMPLE = "{\"embedding\": \"profile\", \"clients\": [7, 3]}";

  private RequestJson() {}

  static byte[] write(EmbeddingRequest request) {
    ObjectNode json = JSON.createObjectNode().put(EMBEDDING, request.embedding());
    write(request.version(), json);
    request.clients().ifPresent(ids -> Arrays.stream(ids).forEach(json.putArray(CLIENTS)::add));
    request.rows().ifPresent(rows -> json.putArray(ROWS).add(rows.from()).add(rows.to()));
    VectorForm form = request.form();
    if (!form.columns().isEmpty()) {
      ArrayNode columns = json.putArray(COLUMNS);
      form.columns().forEach(some -> write(some, columns));
    }
    if (form.type() != ValueType.FLOAT32) {
      json.put(TYPE, form.type().text());
    }
    form.reduction().ifPresent(reduction -> write(reduction, json));
    request.key().ifPresent(key -> json.put(KEY, key));
    request.query().ifPresent(query -> json.put(QUERY, query));
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static void write(VersionChoice choice, ObjectNode json) {
    choice.version().ifPresent(number -> json.put(VERSION, number));
    choice.asOf().ifPresent(time -> json.put(AS_OF, time.toString()));
  }

  private static void write(Columns some, ArrayNode columns) {
    if (some instanceof Columns.Range range) {
      columns.addArray().add(range.from()).add(range.to());
    } else {
      columns.add(((Columns.Named) some).name());
    }
  }

  private static void write(Reduction reduction, ObjectNode json) {
    if (reduction instanceof Reduction.Projection projection) {
      json.putObject(PROJECTION)
          .put(DIMENSION, projection.dimension())
          .put(SEED, projection.seed());
    } else {
      json.put(PCA, reduction.dimension());
    }
  }

  static EmbeddingRequest read(byte[] bytes) {
    JsonNode json = object(bytes);
    checkKeys(json, KEYS, "");
    JsonNode name = json.path(EMBEDDING);
    if (!name.isTextual()) {
      throw InvalidRequest.of(
          "key embedding must be a text, the name; it should look like " + EXAMPLE);
    }
    refuseBoth(json, CLIENTS, ROWS);
    refuseBoth(json, PROJECTION, PCA);
    return new EmbeddingRequest(
        name.textValue(),
        version(json),
        optional(json, CLIENTS, RequestJson::ids),
        optional(json, ROWS, RequestJson::rows),
        new VectorForm(
            optional(json, COLUMNS, RequestJson::columns).orElse(List.of()),
            optional(json, TYPE, RequestJson::type).orElse(ValueType.FLOAT32),
            optional(json, PROJECTION, RequestJson::projection)
                .or(() -> optional(json, PCA, k -> new Reduction.Principal(count(k, PCA))))),
        optional(json, KEY, value -> text(value, KEY)),
        optional(json, QUERY, value -> text(value, QUERY)));
  }

  /** The keys {@code version} and {@code as_of}, of which there may be one. */
  static VersionChoice version(JsonNode json) {
    refuseBoth(json, VERSION, AS_OF);
    return new VersionChoice(
        optional(json, VERSION, value -> count(value, VERSION)),
        optional(json, AS_OF, RequestJson::time));
  }

  private static JsonNode object(byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) {
      throw InvalidRequest.of("the request is not JSON: it should look like " + EXAMPLE);
    }
    if (json == null || !json.isObject()) {
      throw InvalidRequest.of("wanted a JSON object like " + EXAMPLE);
    }
    return json;
  }

  private static void checkKeys(JsonNode json, List<String> known, String where) {
    Set<String> unknown = new TreeSet<>();
    for (Iterator<String> keys = json.fieldNames(); keys.hasNext(); ) {
      unknown.add(keys.next());
    }
    known.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw InvalidRequest.of(
          "unknown key '%s'%s, the keys are %s"
              .formatted(unknown.iterator().next(), where, String.join(", ", known)));
    }
  }

  private static void refuseBoth(JsonNode json, String one, String other) {
    if (json.has(one) && json.has(other)) {
      throw InvalidRequest.of("keys %s and %s exclude each other".formatted(one, other));
    }
  }

  private static <T> Optional<T> optional(JsonNode json, String key, Function<JsonNode, T> reader) {
    return json.has(key) ? Optional.of(reader.apply(json.get(key))) : Optional.empty();
  }

  private static int count(JsonNode value, String key) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      throw InvalidRequest.of(
          "key %s must be a whole number of at least 1, was %s".formatted(key, value));
    }
    return value.intValue();
  }

  private static String text(JsonNode value, String key) {
    if (!value.isTextual()) {
      throw InvalidRequest.of("key %s must be a text, was %s".formatted(key, value));
    }
    return value.textValue();
  }

  private static Instant time(JsonNode value) {
    try {
      return OffsetDateTime.parse(text(value, AS_OF)).toInstant();
    } catch (DateTimeParseException e) {
      throw InvalidRequest.of(
          "key as_of must be a time like \"2026-11-24T10:00:00Z\", was " + value);
    }
  }

  private static long[] ids(JsonNode clients) {
    if (!(clients instanceof ArrayNode array) || array.isEmpty()) {
      throw InvalidRequest.of(
          "key clients must be a list of ids, not empty; leave it out for all clients");
    }
    long[] ids = new long[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = array.get(i);
      if (!id.isIntegralNumber() || !id.canConvertToLong()) {
        throw InvalidRequest.of("clients[%d] must be an int64, was %s".formatted(i, id));
      }
      ids[i] = id.longValue();
    }
    return ids;
  }

  private static RowRange rows(JsonNode rows) {
    if (!isRange(rows)) {
      throw InvalidRequest.of("key rows must be [first, end) with 0 <= first < end, was " + rows);
    }
    return new RowRange(rows.get(0).longValue(), rows.get(1).longValue());
  }

  private static List<Columns> columns(JsonNode columns) {
    if (!columns.isArray() || columns.isEmpty()) {
      throw InvalidRequest.of(
          "key columns must be a list, not empty, of steps, column names and [first, end), was "
              + columns);
    }
    List<Columns> chosen = new ArrayList<>();
    for (JsonNode some : columns) {
      if (some.isTextual()) {
        chosen.add(new Columns.Named(some.textValue()));
      } else if (isRange(some) && some.get(1).canConvertToInt()) {
        chosen.add(new Columns.Range(some.get(0).intValue(), some.get(1).intValue()));
      } else {
        throw InvalidRequest.of(
            "columns has steps or column names, such as \"stats\", and ranges [first, end), such as [0, 64]; found "
                + some);
      }
    }
    return chosen;
  }

  private static boolean isRange(JsonNode range) {
    return range.isArray()
        && range.size() == 2
        && range.get(0).isIntegralNumber()
        && range.get(1).isIntegralNumber()
        && range.get(1).canConvertToLong()
        && range.get(0).longValue() >= 0
        && range.get(0).longValue() < range.get(1).longValue();
  }

  private static ValueType type(JsonNode type) {
    for (ValueType known : ValueType.values()) {
      if (known.text().equals(type.textValue())) {
        return known;
      }
    }
    throw InvalidRequest.of("key type must be float32 or float16, was " + type);
  }

  private static Reduction projection(JsonNode projection) {
    if (!projection.isObject()) {
      throw InvalidRequest.of(
          "key projection must look like {\"dimension\": 64, \"seed\": 7}, was " + projection);
    }
    checkKeys(projection, List.of(DIMENSION, SEED), " in projection");
    JsonNode seed = projection.path(SEED);
    if (projection.has(SEED) && (!seed.isIntegralNumber() || !seed.canConvertToLong())) {
      throw InvalidRequest.of("key projection.seed must be an int64, was " + seed);
    }
    return new Reduction.Projection(
        count(projection.path(DIMENSION), "projection.dimension"), seed.longValue());
  }
}
