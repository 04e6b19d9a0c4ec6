package dev.tessera.host.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** One top-level column of a Parquet file to be written; knows its Parquet and its Arrow type. */
public sealed interface ParquetColumn {

  /** Name of the column; unique within a file, without dots. */
  String name();

  /** The column's type in the Parquet schema. */
  Type parquetType();

  /** The column's type as Arrow readers shall restore it. */
  Field arrowField();

  /**
   * Required 64-bit integers; fed by {@link ColumnValues.Longs}.
   *
   * @param expectedDistinctPerRowGroup size of the bloom filter written per row group, 0 for none
   */
  record Int64(String name, long expectedDistinctPerRowGroup) implements ParquetColumn {

    /** A column without a bloom filter. */
    public Int64(String name) {
      this(name, 0);
    }

    @Override
    public Type parquetType() {
      return Types.required(PrimitiveTypeName.INT64).named(name);
    }

    @Override
    public Field arrowField() {
      return required(name, new ArrowType.Int(64, true), null);
    }
  }

  /** Required microseconds since 1970-01-01 00:00:00, no time zone; fed by longs. */
  record TimestampMicros(String name) implements ParquetColumn {

    @Override
    public Type parquetType() {
      return Types.required(PrimitiveTypeName.INT64)
          .as(LogicalTypeAnnotation.timestampType(false, LogicalTypeAnnotation.TimeUnit.MICROS))
          .named(name);
    }

    @Override
    public Field arrowField() {
      return required(name, new ArrowType.Timestamp(TimeUnit.MICROSECOND, null), null);
    }
  }

  /** Required UTF-8 strings; fed by {@link ColumnValues.Texts}. */
  record Utf8(String name) implements ParquetColumn {

    @Override
    public Type parquetType() {
      return Types.required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(name);
    }

    @Override
    public Field arrowField() {
      return required(name, ArrowType.Utf8.INSTANCE, null);
    }
  }

  /**
   * Lists of exactly {@code width} required floats; fed by {@link ColumnValues.Vectors}. Arrow
   * reads them back as {@code fixed_size_list<float>[width]}, nullable ones as {@code list<float>}:
   * its Parquet reader refuses a fixed-size list that is null.
   *
   * @param width floats in a list, at least 1
   * @param nullable whether a whole list may be null
   */
  record FloatList(String name, int width, boolean nullable) implements ParquetColumn {

    private static final String ELEMENT = "element";

    public FloatList {
      if (width < 1) {
        throw new IllegalArgumentException(name + ": width must be at least 1, was " + width);
      }
    }

    @Override
    public Type parquetType() {
      Type element = Types.required(PrimitiveTypeName.FLOAT).named(ELEMENT);
      return nullable
          ? Types.optionalList().element(element).named(name)
          : Types.requiredList().element(element).named(name);
    }

    @Override
    public Field arrowField() {
      Field element =
          required(ELEMENT, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE), null);
      ArrowType list = nullable ? ArrowType.List.INSTANCE : new ArrowType.FixedSizeList(width);
      return new Field(name, new FieldType(nullable, list, null), List.of(element));
    }
  }

  /** The Parquet schema of {@code columns}, in their order. */
  static MessageType parquetSchema(List<ParquetColumn> columns) {
    List<Type> types = new ArrayList<>(columns.size());
    columns.forEach(column -> types.add(column.parquetType()));
    return new MessageType("schema", types);
  }

  /** The Arrow schema of {@code columns}, in their order. */
  static Schema arrowSchema(List<ParquetColumn> columns) {
    return new Schema(columns.stream().map(ParquetColumn::arrowField).toList());
  }

  private static Field required(String name, ArrowType type, List<Field> children) {
    return new Field(name, FieldType.notNullable(type), children);
  }
}
