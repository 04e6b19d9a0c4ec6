package dev.tessera.plugin.llm;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The graph of a text model: token ids in, a vector for each text out. Safe for many threads. */
final class TextGraph implements AutoCloseable {

  private final String model;
  private final LlmConfig config;
  private final OrtEnvironment environment;
  private final GraphSession session;
  private final GraphInputs inputs;
  private final GraphOutput output;
  private final boolean alone;
  private final int width;

  private TextGraph(
      ModelSource source, LlmConfig config, GraphSession session, TextTokenizer tokenizer)
      throws OrtException {
    this.model = source.name();
    this.config = config;
    this.environment = GraphSession.environment();
    this.session = session;
    this.inputs = new GraphInputs(model, session.session().getInputInfo());
    this.output = GraphOutput.find(model, session.session().getOutputInfo(), config.output());
    this.alone = source.quantisesByBatch() || !inputs.hasMask();
    this.width = probe(source, tokenizer.largestId());
  }

  /**
   * Opens a model's graph and tries it.
   *
   * @throws PluginException with {@link ErrorCode#INVALID_CONFIG} if it is no text model, does not
   *     give vectors, or does not know all tokens of the tokenizer; with {@link
   *     ErrorCode#UNAVAILABLE} if the device is insisted on and not there
   */
  static TextGraph open(
      ModelSource source, LlmConfig config, TextTokenizer tokenizer, PluginContext context) {
    GraphSession session = GraphSession.open(source, config.device(), context.device());
    try {
      return new TextGraph(source, config, session, tokenizer);
    } catch (OrtException e) {
      session.close();
      throw GraphFaults.unreadable(source.name(), e);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** The width of the vector of the tokenizer's last token; fails if the graph does not know it. */
  private int probe(ModelSource source, long largestId) throws OrtException {
    if (!session.onGpu()) {
      return probe(session.session(), largestId);
    }
    // on a GPU a token beyond the vocabulary is not noticed
    try (OrtSession onCpu = GraphSession.onCpu(environment, source)) {
      return probe(onCpu, largestId);
    }
  }

  private int probe(OrtSession on, long largestId) {
    int[][] one = {{Math.toIntExact(Math.max(0, largestId))}};
    try {
      return run(on, one, 1, (values, widthFound) -> widthFound);
    } catch (OrtException e) {
      throw GraphFaults.vocabulary(model, largestId, e);
    }
  }

  /** Takes what a graph gave: all values, and D. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(float[] values, int width);
  }

  /** D. */
  int width() {
    return width;
  }

  /** Whether a text's vector would depend on the others of its batch. */
  boolean alone() {
    return alone;
  }

  /** Whether it runs on a GPU, one batch at a time. */
  boolean onGpu() {
    return session.onGpu();
  }

  /** Why it does not run on the run's device. */
  Optional<String> remark() {
    return session.remark();
  }

  /**
   * Writes the vectors of a batch.
   *
   * @param texts [B] ids of each, none empty
   * @param target where vectors go
   * @param rows [B] the row of each in {@code target}, in widths
   */
  void embed(int[][] texts, float[] target, int[] rows) {
    int length = Arrays.stream(texts).mapToInt(text -> text.length).max().orElseThrow();
    try {
      run(
          session.session(),
          texts,
          length,
          (values, found) -> {
            for (int i = 0; i < texts.length; i++) {
              write(values, i, length, texts[i].length, target, rows[i] * width);
            }
            return null;
          });
    } catch (OrtException | OutOfMemoryError e) {
      throw GraphFaults.run(model, texts.length, length, config, e);
    }
  }

  private void write(float[] values, int text, int length, int tokens, float[] target, int offset) {
    if (output.perToken()) {
      config.pooling().pool(values, text * length * width, tokens, width, target, offset);
    } else {
      System.arraycopy(values, text * width, target, offset, width);
    }
    if (config.normalize()) {
      double squares = 0;
      for (int i = offset; i < offset + width; i++) {
        squares += (double) target[i] * target[i];
      }
      double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
      for (int i = offset; i < offset + width; i++) {
        target[i] = (float) (target[i] * scale);
      }
    }
  }

  private <T> T run(OrtSession on, int[][] texts, int length, Reader<T> reader)
      throws OrtException {
    Map<String, OnnxTensor> tensors = inputs.tensors(environment, texts, length);
    try (OrtSession.Result result = on.run(tensors, Set.of(output.name()))) {
      OnnxTensor given = (OnnxTensor) result.get(0);
      long[] shape = given.getInfo().getShape();
      int found = (int) shape[shape.length - 1];
      int rows = output.perToken() ? texts.length * length : texts.length;
      FloatBuffer values = given.getFloatBuffer();
      if (values.remaining() != (long) rows * found || (width > 0 && found != width)) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "model %s: its %s has the shape %s for %d text(s) of %d tokens; wanted %s"
                .formatted(
                    model,
                    output.name(),
                    Arrays.toString(shape),
                    texts.length,
                    length,
                    output.perToken() ? "[texts, tokens, width]" : "[texts, width]"));
      }
      float[] copy = new float[values.remaining()];
      values.get(copy);
      return reader.read(copy, found);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
