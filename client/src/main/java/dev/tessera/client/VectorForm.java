package dev.tessera.client;

import java.util.List;
import java.util.Optional;

/**
 * What a request wants of each vector: first some columns, then fewer dimensions of them.
 *
 * @param columns in the order wanted; empty for all
 * @param type of the values on the wire
 * @param reduction empty for none
 */
public record VectorForm(List<Columns> columns, ValueType type, Optional<Reduction> reduction) {

  /** All columns as they are. */
  public static final VectorForm PLAIN =
      new VectorForm(List.of(), ValueType.FLOAT32, Optional.empty());

  /** Copies the list. */
  public VectorForm {
    columns = List.copyOf(columns);
  }

  /** The same with other columns. */
  VectorForm with(List<Columns> others) {
    return new VectorForm(others, type, reduction);
  }

  /** The same with another type. */
  VectorForm with(ValueType other) {
    return new VectorForm(columns, other, reduction);
  }

  /** The same with another reduction. */
  VectorForm with(Reduction other) {
    return new VectorForm(columns, type, Optional.of(other));
  }

  /** Whether what it needs may have to be computed first, from all vectors. */
  public boolean isSlow() {
    return reduction.isPresent() && reduction.get() instanceof Reduction.Principal;
  }

  /** Some of the columns. */
  public sealed interface Columns {
    /** Those that a merge has from a step, or the one of that name. */
    record Named(String name) implements Columns {}

    /** From the first to before the last. */
    record Range(int from, int to) implements Columns {}
  }

  /** Values on the wire. */
  public enum ValueType {
    /** Four bytes. */
    FLOAT32("float32", Float.BYTES),
    /** Two bytes, rounded to the nearest. */
    FLOAT16("float16", Short.BYTES);

    private final String text;
    private final int bytes;

    ValueType(String text, int bytes) {
      this.text = text;
      this.bytes = bytes;
    }

    /** As in a request. */
    public String text() {
      return text;
    }

    /** The bytes of a value. */
    public int bytes() {
      return bytes;
    }
  }

  /** A linear map to fewer dimensions. */
  public sealed interface Reduction {
    /** The dimensions that it maps to. */
    int dimension();

    /** Products with a matrix of seeded normal deviates of variance 1 / dimension. */
    record Projection(int dimension, long seed) implements Reduction {}

    /** The first principal components of the version's vectors. */
    record Principal(int dimension) implements Reduction {}
  }
}
