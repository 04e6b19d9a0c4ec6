package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Float16;
import dev.tessera.client.ColumnNames;
import dev.tessera.client.VectorForm;
import dev.tessera.client.VectorForm.Columns;
import dev.tessera.client.VectorForm.Reduction;
import dev.tessera.client.VectorForm.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An embedding as one request wants it: some columns, fewer dimensions, another type. Holds room
 * for one vector: for one thread at a time.
 */
final class EmbeddingView {

  private final ServedEmbedding embedding;
  private final VectorForm form;
  private final boolean plain;
  private final Optional<int[]> columns;
  private final int selected;
  private final Schema schema;
  private Optional<LinearMap> map = Optional.empty();
  private float[] values = new float[0];

  /**
   * Resolves what the request says of columns and dimensions.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException INVALID_ARGUMENT if the embedding has no
   *     such columns, or not as many
   */
  EmbeddingView(ServedEmbedding embedding, VectorForm form) {
    this.embedding = embedding;
    this.form = form;
    this.plain = form.equals(VectorForm.PLAIN);
    this.columns =
        form.columns().isEmpty() ? Optional.empty() : Optional.of(columns(embedding, form));
    this.selected = columns.map(some -> some.length).orElse(embedding.dimension());
    form.reduction()
        .filter(reduction -> reduction.dimension() > selected)
        .ifPresent(
            reduction -> {
              throw FlightFailures.invalid(
                  "%d dimensions cannot be reduced to %d; wanted at most %d"
                      .formatted(selected, reduction.dimension(), selected));
            });
    this.schema = plain ? embedding.schema() : convertedSchema();
  }

  ServedEmbedding embedding() {
    return embedding;
  }

  /** Whether vectors leave as they lie there. */
  boolean isPlain() {
    return plain;
  }

  /** The dimension on the wire. */
  int dimension() {
    return form.reduction().map(Reduction::dimension).orElse(selected);
  }

  /** The bytes of a value on the wire. */
  int valueBytes() {
    return form.type().bytes();
  }

  /** The bytes of a vector on the wire. */
  long vectorBytes() {
    return (long) valueBytes() * dimension();
  }

  /** The schema on the wire. */
  Schema schema() {
    return schema;
  }

  private Schema convertedSchema() {
    Map<String, String> metadata = new LinkedHashMap<>(embedding.schema().getCustomMetadata());
    metadata.remove(RunMetadata.INPUTS_KEY);
    metadata.remove(ColumnNames.METADATA_KEY);
    List<String> names = embedding.columnNames();
    if (form.reduction().isEmpty() && !names.isEmpty()) {
      List<String> left =
          columns.map(some -> Arrays.stream(some).mapToObj(names::get).toList()).orElse(names);
      metadata.put(ColumnNames.METADATA_KEY, ColumnNames.encode(left));
    }
    FloatingPointPrecision precision =
        form.type() == ValueType.FLOAT16
            ? FloatingPointPrecision.HALF
            : FloatingPointPrecision.SINGLE;
    return ServedEmbedding.schema(dimension(), precision, metadata);
  }

  /** Writes a vector of a batch of the embedding into {@code target}, from byte {@code offset}. */
  void write(EmbeddingBatch batch, int row, ArrowBuf target, long offset) {
    ArrowBuf source = batch.values().getDataBuffer();
    long first = (long) Float.BYTES * row * embedding.dimension();
    if (plain) {
      target.setBytes(offset, source, first, vectorBytes());
      return;
    }
    if (values.length < selected) {
      values = new float[selected];
    }
    for (int i = 0; i < selected; i++) {
      int column = columns.isPresent() ? columns.get()[i] : i;
      values[i] = source.getFloat(first + (long) Float.BYTES * column);
    }
    float[] result = values;
    if (form.reduction().isPresent()) {
      result = map().apply(values);
    }
    put(result, dimension(), target, offset);
  }

  private void put(float[] vector, int count, ArrowBuf target, long offset) {
    if (form.type() == ValueType.FLOAT32) {
      for (int i = 0; i < count; i++) {
        target.setFloat(offset + (long) Float.BYTES * i, vector[i]);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      float clipped = Math.max(-Float16.MAX_VALUE, Math.min(Float16.MAX_VALUE, vector[i]));
      target.setShort(offset + (long) Short.BYTES * i, Float16.fromFloat(clipped));
    }
  }

  private LinearMap map() {
    if (map.isEmpty()) {
      Reduction reduction = form.reduction().orElseThrow();
      map =
          Optional.of(
              reduction instanceof Reduction.Projection projection
                  ? LinearMap.gaussian(selected, projection.dimension(), projection.seed())
                  : embedding
                      .principal()
                      .of(columns.orElseGet(() -> IntStream.range(0, selected).toArray()))
                      .first(reduction.dimension()));
    }
    return map.get();
  }

  /** Finds what the form's reduction needs, which may take seconds; nothing if it needs nothing. */
  void prepare() {
    if (form.reduction().isPresent()) {
      map();
    }
  }

  private static int[] columns(ServedEmbedding embedding, VectorForm form) {
    Map<String, int[]> inputs = RunMetadata.inputs(embedding.schema().getCustomMetadata());
    List<Integer> chosen = new ArrayList<>();
    for (Columns some : form.columns()) {
      int[] range =
          some instanceof Columns.Range given
              ? new int[] {given.from(), given.to()}
              : named((Columns.Named) some, inputs, embedding);
      if (range[1] > embedding.dimension()) {
        throw FlightFailures.invalid(
            "columns [%d, %d) are not there: %s has %d"
                .formatted(range[0], range[1], embedding.name(), embedding.dimension()));
      }
      IntStream.range(range[0], range[1]).forEach(chosen::add);
    }
    if (chosen.size() > embedding.dimension()) {
      throw FlightFailures.invalid(
          "%d columns asked for, %s has %d"
              .formatted(chosen.size(), embedding.name(), embedding.dimension()));
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] named(
      Columns.Named some, Map<String, int[]> inputs, ServedEmbedding embedding) {
    int[] ofStep = inputs.get(some.name());
    if (ofStep != null) {
      return ofStep;
    }
    int column = embedding.columnNames().indexOf(some.name());
    if (column < 0) {
      throw FlightFailures.invalid(
          "%s has no columns of a step '%s' and none of that name; its steps are: %s"
              .formatted(
                  embedding.name(),
                  some.name(),
                  inputs.isEmpty()
                      ? "none, it is no merge"
                      : inputs.keySet().stream().collect(Collectors.joining(", "))));
    }
    return new int[] {column, column + 1};
  }
}
