package dev.tessera.plugin.llm;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a graph in ONNX form, field by field. Numbers of fields and types are those of the public
 * schema (onnx.proto).
 */
final class OnnxGraph {

  static final int FLOAT = 1;
  static final int INT32 = 6;
  static final int INT64 = 7;

  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final int TYPE_INT = 2;

  private final Message graph = new Message().text(2, "graph");

  /** A message under construction: the bytes of its fields. */
  private static final class Message {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private interface Field {
      void write(CodedOutputStream out) throws IOException;
    }

    private Message add(Field field) {
      try {
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        field.write(out);
        out.flush();
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Message text(int number, String value) {
      return add(out -> out.writeString(number, value));
    }

    Message number(int number, long value) {
      return add(out -> out.writeInt64(number, value));
    }

    Message message(int number, Message value) {
      return add(out -> out.writeByteArray(number, value.bytes.toByteArray()));
    }

    Message raw(int number, ByteString value) {
      return add(out -> out.writeBytes(number, value));
    }
  }

  /** A dimension is a number, or a name for one that is free. */
  private static Message value(String name, int type, Object... dimensions) {
    Message shape = new Message();
    for (Object dimension : dimensions) {
      shape.message(
          1,
          dimension instanceof String free
              ? new Message().text(2, free)
              : new Message().number(1, ((Number) dimension).longValue()));
    }
    Message tensor = new Message().number(1, type).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  OnnxGraph input(String name, int type, Object... dimensions) {
    graph.message(11, value(name, type, dimensions));
    return this;
  }

  OnnxGraph output(String name, int type, Object... dimensions) {
    graph.message(12, value(name, type, dimensions));
    return this;
  }

  /** A constant of whole numbers, one-dimensional. */
  OnnxGraph constant(String name, long... values) {
    Message tensor = new Message().number(1, values.length).number(2, INT64);
    for (long value : values) {
      tensor.number(7, value);
    }
    graph.message(5, tensor.text(8, name));
    return this;
  }

  /** A constant of floats; without dimensions a scalar. */
  OnnxGraph constant(String name, float[] values, long... dimensions) {
    Message tensor = new Message();
    for (long dimension : dimensions) {
      tensor.number(1, dimension);
    }
    java.nio.ByteBuffer raw =
        java.nio.ByteBuffer.allocate(values.length * Float.BYTES)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    graph.message(5, tensor.number(2, FLOAT).text(8, name).raw(9, ByteString.copyFrom(raw)));
    return this;
  }

  /** An operator whose inputs are given, separated by spaces. */
  OnnxGraph node(String operator, String inputs, String output) {
    graph.message(1, nodeOf(operator, inputs, output));
    return this;
  }

  /** An operator with one whole-number attribute. */
  OnnxGraph node(String operator, String inputs, String output, String attribute, long value) {
    graph.message(
        1,
        nodeOf(operator, inputs, output)
            .message(5, new Message().text(1, attribute).number(3, value).number(20, TYPE_INT)));
    return this;
  }

  private static Message nodeOf(String operator, String inputs, String output) {
    Message node = new Message();
    for (String input : inputs.split(" ")) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  /** Writes {@code model.onnx} into a folder. */
  void write(Path folder) {
    Message model =
        new Message()
            .number(1, IR_VERSION)
            .message(8, new Message().text(1, "").number(2, OPSET))
            .message(7, graph);
    try {
      Files.write(folder.resolve("model.onnx"), model.bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
