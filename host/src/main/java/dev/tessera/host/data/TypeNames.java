package dev.tessera.host.data;

import java.util.Locale;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** What data frames call the Arrow types, for messages. */
final class TypeNames {

  private TypeNames() {}

  static String of(ArrowType type) {
    if (type instanceof ArrowType.Int integer) {
      return (integer.getIsSigned() ? "int" : "uint") + integer.getBitWidth();
    }
    if (type instanceof ArrowType.FloatingPoint real) {
      return switch (real.getPrecision()) {
        case HALF -> "float16";
        case SINGLE -> "float32";
        case DOUBLE -> "float64";
      };
    }
    if (type instanceof ArrowType.Utf8 || type instanceof ArrowType.LargeUtf8) {
      return "text";
    }
    if (type instanceof ArrowType.Timestamp timestamp) {
      return "timestamp of unit " + timestamp.getUnit().name().toLowerCase(Locale.ROOT);
    }
    return type.toString().toLowerCase(Locale.ROOT);
  }
}
