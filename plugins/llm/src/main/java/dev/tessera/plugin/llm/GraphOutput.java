package dev.tessera.plugin.llm;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The output of a graph that holds the vectors.
 *
 * @param name as the graph says
 * @param perToken whether it is [B, L, D], to be pooled, or [B, D]
 */
record GraphOutput(String name, boolean perToken) {

  private static final List<String> USUAL =
      List.of("last_hidden_state", "token_embeddings", "sentence_embedding");

  private static final int SHOWN = 4;

  /**
   * Finds it.
   *
   * @param wanted its name, or {@link LlmConfig#AUTO} for one of those that exports use
   * @throws PluginException with {@link ErrorCode#INVALID_CONFIG} that says what there is
   */
  static GraphOutput find(String model, Map<String, NodeInfo> outputs, String wanted) {
    List<String> names = wanted.equals(LlmConfig.AUTO) ? USUAL : List.of(wanted);
    for (String name : names) {
      NodeInfo output = outputs.get(name);
      if (output != null && output.getInfo() instanceof TensorInfo info && isVectors(info)) {
        return new GraphOutput(name, info.getShape().length == 3);
      }
    }
    throw new PluginException(
        ErrorCode.INVALID_CONFIG,
        "model %s: its graph gives %s; wanted vectors as %s; %s"
            .formatted(
                model,
                describe(outputs),
                String.join(" or ", names),
                wanted.equals(LlmConfig.AUTO)
                    ? "export it with --task feature-extraction, or name another output"
                    : "take output out of the step or name one of these"));
  }

  private static boolean isVectors(TensorInfo info) {
    boolean floats = info.type == OnnxJavaType.FLOAT || info.type == OnnxJavaType.FLOAT16;
    return floats && (info.getShape().length == 2 || info.getShape().length == 3);
  }

  private static String describe(Map<String, NodeInfo> outputs) {
    String shown =
        outputs.values().stream()
            .limit(SHOWN)
            .map(
                output ->
                    output.getInfo() instanceof TensorInfo info
                        ? "%s (%s, rank %d)"
                            .formatted(output.getName(), info.type, info.getShape().length)
                        : output.getName())
            .collect(Collectors.joining(", "));
    return outputs.size() > SHOWN
        ? shown + " and %d more".formatted(outputs.size() - SHOWN)
        : shown;
  }
}
