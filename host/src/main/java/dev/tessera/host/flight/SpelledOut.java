package dev.tessera.host.flight;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/** A client's batch in which dictionary-encoded columns are written out, row by row. */
final class SpelledOut implements AutoCloseable {

  private final List<FieldVector> made = new ArrayList<>();
  private final VectorSchemaRoot root;

  /**
   * Writes them out; other columns are those of the batch.
   *
   * @param batch lent for this object's life
   * @throws org.apache.arrow.flight.FlightRuntimeException INVALID_ARGUMENT if a dictionary has not
   *     come, or has not a value that a row names
   */
  SpelledOut(VectorSchemaRoot batch, DictionaryProvider dictionaries, BufferAllocator allocator) {
    List<Field> fields = new ArrayList<>();
    List<FieldVector> vectors = new ArrayList<>();
    try {
      for (FieldVector vector : batch.getFieldVectors()) {
        Field field = vector.getField();
        if (field.getDictionary() == null) {
          fields.add(field);
          vectors.add(vector);
        } else {
          FieldVector values = decode(vector, dictionaries, allocator);
          made.add(values);
          fields.add(
              new Field(
                  field.getName(), FieldType.nullable(values.getField().getType()), List.of()));
          vectors.add(values);
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    root = new VectorSchemaRoot(fields, vectors, batch.getRowCount());
  }

  /** Lent until {@link #close}. */
  VectorSchemaRoot root() {
    return root;
  }

  private static FieldVector decode(
      FieldVector vector, DictionaryProvider dictionaries, BufferAllocator allocator) {
    String name = vector.getField().getName();
    Dictionary dictionary = dictionaries.lookup(vector.getField().getDictionary().getId());
    if (dictionary == null) {
      throw FlightFailures.invalid("column %s: its dictionary has not come".formatted(name));
    }
    try {
      return (FieldVector) DictionaryEncoder.decode(vector, dictionary, allocator);
    } catch (IllegalArgumentException e) {
      throw FlightFailures.invalid(
          "column %s: a row names a value that its dictionary does not have".formatted(name));
    }
  }

  @Override
  public void close() {
    made.forEach(FieldVector::close);
  }
}
