package dev.tessera.plugin.llm;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a graph asks for, by the names that Hugging Face's exports use: {@code input_ids}, {@code
 * attention_mask}, {@code token_type_ids}, {@code position_ids} [B, L], and a decoder's memory of
 * earlier tokens, {@code past_key_values.*}, which is empty here.
 */
final class GraphInputs {

  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";
  private static final String POSITIONS = "position_ids";
  private static final String PAST = "past_key_values";

  private final Map<String, TensorInfo> wanted = new LinkedHashMap<>();

  /**
   * Checks what a graph asks for.
   *
   * @throws PluginException with {@link ErrorCode#INVALID_CONFIG} that names what cannot be given
   */
  GraphInputs(String model, Map<String, NodeInfo> inputs) {
    for (NodeInfo input : inputs.values()) {
      String name = input.getName();
      if (!(input.getInfo() instanceof TensorInfo info) || !canGive(name, info)) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "model %s: its graph asks for %s (%s); wanted only %s, %s, %s, %s (whole numbers [batch, tokens]) and %s.*; export it for feature-extraction"
                .formatted(model, name, describe(input), IDS, MASK, TYPES, POSITIONS, PAST));
      }
      wanted.put(name, info);
    }
    if (!wanted.containsKey(IDS)) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "model %s: its graph asks for %s but not for %s: it is no text model"
              .formatted(model, inputs.keySet(), IDS));
    }
  }

  private static String describe(NodeInfo input) {
    return input.getInfo() instanceof TensorInfo info
        ? info.type + " of rank " + info.getShape().length
        : "no tensor";
  }

  private static boolean canGive(String name, TensorInfo info) {
    boolean whole = info.type == OnnxJavaType.INT64 || info.type == OnnxJavaType.INT32;
    return switch (name) {
      case IDS, MASK, TYPES, POSITIONS -> whole && info.getShape().length == 2;
      default ->
          name.startsWith(PAST)
              && (info.type == OnnxJavaType.FLOAT || info.type == OnnxJavaType.FLOAT16)
              && info.getShape().length > 1;
    };
  }

  /** Whether the graph can be told which tokens are padding. */
  boolean hasMask() {
    return wanted.containsKey(MASK);
  }

  /**
   * The tensors of a batch, which the caller closes. Shorter texts are filled up at the end.
   *
   * @param texts [B] ids of each
   * @param length L, the longest
   */
  Map<String, OnnxTensor> tensors(OrtEnvironment environment, int[][] texts, int length)
      throws OrtException {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, TensorInfo> input : wanted.entrySet()) {
        tensors.put(
            input.getKey(), tensor(environment, input.getKey(), input.getValue(), texts, length));
      }
      return tensors;
    } catch (OrtException | RuntimeException e) {
      tensors.values().forEach(OnnxTensor::close);
      throw e;
    }
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, String name, TensorInfo info, int[][] texts, int length)
      throws OrtException {
    if (name.startsWith(PAST)) {
      return OnnxTensor.createTensor(
          environment,
          ByteBuffer.allocateDirect(0),
          emptyPast(info.getShape(), texts.length),
          info.type);
    }
    long[] shape = {texts.length, length};
    if (info.type == OnnxJavaType.INT32) {
      int[] values = new int[texts.length * length];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(name, texts[i / length], i % length);
      }
      return OnnxTensor.createTensor(environment, IntBuffer.wrap(values), shape);
    }
    long[] values = new long[texts.length * length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(name, texts[i / length], i % length);
    }
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
  }

  private static int value(String name, int[] text, int position) {
    return switch (name) {
      case IDS -> position < text.length ? text[position] : 0;
      case MASK -> position < text.length ? 1 : 0;
      case POSITIONS -> position;
      default -> 0;
    };
  }

  /**
   * The first free dimension is the batch, the others the tokens before, of which there are none.
   */
  private static long[] emptyPast(long[] declared, int batch) {
    long[] shape = declared.clone();
    shape[0] = batch;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = Math.max(0, shape[i]);
    }
    return shape;
  }
}
