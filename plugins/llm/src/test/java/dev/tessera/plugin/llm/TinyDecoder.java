package dev.tessera.plugin.llm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.StringJoiner;

/**
 * A decoder of one layer and one head, as a graph and as plain Java: {@code x = E[id] +
 * P[position]}, {@code y_t = x_t + Σ_{j ≤ t} softmax_j(q_t · k_j / √D) v_j} with {@code q, k, v = x
 * W}. Its words are the numbers 0 … 255, each its own token (n + 1; 0 is any other word).
 */
final class TinyDecoder {

  static final int VOCABULARY = 257;
  static final int WIDTH = 8;
  private static final int POSITIONS = 64;

  private final float[] embeddings;
  private final float[] positions;
  private final float[] queries;
  private final float[] keys;
  private final float[] values;

  TinyDecoder(long seed) {
    Random random = new Random(seed);
    embeddings = random(random, VOCABULARY * WIDTH);
    positions = random(random, POSITIONS * WIDTH);
    queries = random(random, WIDTH * WIDTH);
    keys = random(random, WIDTH * WIDTH);
    values = random(random, WIDTH * WIDTH);
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Writes the graph and its tokenizer into a folder, which it returns. */
  Path write(Path folder) {
    return write(folder, OnnxGraph.INT64, VOCABULARY);
  }

  /**
   * The same with another type of whole numbers, or with fewer tokens than the tokenizer gives.
   *
   * @param type of ids, mask and positions
   * @param known how many tokens the graph knows
   */
  Path write(Path folder, int type, int known) {
    graph(type, known)
        .output("last_hidden_state", OnnxGraph.FLOAT, "batch", "tokens", WIDTH)
        .output("present.0.key", OnnxGraph.FLOAT, "batch", 1, "tokens", WIDTH)
        .write(folder);
    writeTokenizer(folder);
    return folder;
  }

  /** The graph without its outputs but with {@code logits}, for which nothing else is given. */
  Path writeLogitsOnly(Path folder) {
    graph(OnnxGraph.INT64, VOCABULARY)
        .constant("E_T_shape", WIDTH, VOCABULARY)
        .node("Reshape", "E E_T_shape", "E_T")
        .node("MatMul", "last_hidden_state E_T", "logits")
        .output("logits", OnnxGraph.FLOAT, "batch", "tokens", VOCABULARY)
        .write(folder);
    writeTokenizer(folder);
    return folder;
  }

  private OnnxGraph graph(int type, int known) {
    float[] table = java.util.Arrays.copyOf(embeddings, known * WIDTH);
    return new OnnxGraph()
        .input("input_ids", type, "batch", "tokens")
        .input("attention_mask", type, "batch", "past_and_tokens")
        .input("position_ids", type, "batch", "tokens")
        .input("past_key_values.0.key", OnnxGraph.FLOAT, "batch", 1, "past", WIDTH)
        .input("past_key_values.0.value", OnnxGraph.FLOAT, "batch", 1, "past", WIDTH)
        .constant("E", table, known, WIDTH)
        .constant("P", positions, POSITIONS, WIDTH)
        .constant("W_q", queries, WIDTH, WIDTH)
        .constant("W_k", keys, WIDTH, WIDTH)
        .constant("W_v", values, WIDTH, WIDTH)
        .constant("root", new float[] {(float) Math.sqrt(WIDTH)})
        .constant("never", new float[] {-1e9f})
        .constant("always", new float[] {0})
        .constant("one", 1)
        .constant("two", 2)
        .constant("minus_one", -1)
        .node("Gather", "E input_ids", "e")
        .node("Gather", "P position_ids", "p")
        .node("Add", "e p", "x")
        .node("MatMul", "x W_q", "q")
        .node("MatMul", "x W_k", "k_new")
        .node("MatMul", "x W_v", "v_new")
        // with the tokens before, as a decoder that writes on would have them
        .node("Unsqueeze", "k_new one", "k_head")
        .node("Unsqueeze", "v_new one", "v_head")
        .node("Concat", "past_key_values.0.key k_head", "present.0.key", "axis", 2)
        .node("Concat", "past_key_values.0.value v_head", "v_all", "axis", 2)
        .node("Squeeze", "v_all one", "v")
        .node("Unsqueeze", "position_ids one", "position_of_key")
        .node("Unsqueeze", "position_ids two", "position_of_query")
        .node("Greater", "position_of_key position_of_query", "later")
        .node("Cast", "attention_mask", "real", "to", 9)
        .node("Not", "real", "padding")
        .node("Unsqueeze", "padding one", "padding_of_key")
        .node("Or", "later padding_of_key", "hidden")
        .node("Where", "hidden never always", "bias")
        // q · k for each pair of places: Transpose would need a list attribute
        .node("Squeeze", "present.0.key one", "k_rows")
        .node("Unsqueeze", "q two", "q_of_query")
        .node("Unsqueeze", "k_rows one", "k_of_query")
        .node("Mul", "q_of_query k_of_query", "parts")
        .node("ReduceSum", "parts minus_one", "products", "keepdims", 0)
        .node("Div", "products root", "scaled")
        .node("Add", "scaled bias", "scores")
        .node("Softmax", "scores", "shares", "axis", -1)
        .node("MatMul", "shares v", "attended")
        .node("Add", "x attended", "last_hidden_state");
  }

  /** A tokenizer that splits at white space, without special tokens. */
  static void writeTokenizer(Path folder) {
    StringJoiner vocabulary = new StringJoiner(",", "{\"?\":0,", "}");
    for (int number = 0; number < VOCABULARY - 1; number++) {
      vocabulary.add("\"%d\":%d".formatted(number, number + 1));
    }
    try {
      Files.writeString(
          folder.resolve("tokenizer.json"),
          """
          {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
           "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
           "post_processor": null, "decoder": null,
           "model": {"type": "WordLevel", "unk_token": "?", "vocab": %s}}
          """
              .formatted(vocabulary));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** [ids.length][WIDTH] what the graph must give for a text, computed here. */
  double[][] states(int[] ids) {
    double[][] x = new double[ids.length][WIDTH];
    for (int t = 0; t < ids.length; t++) {
      for (int d = 0; d < WIDTH; d++) {
        x[t][d] = embeddings[ids[t] * WIDTH + d] + positions[t * WIDTH + d];
      }
    }
    double[][] states = new double[ids.length][WIDTH];
    for (int t = 0; t < ids.length; t++) {
      double[] query = times(x[t], queries);
      double[] weights = new double[t + 1];
      double sum = 0;
      for (int j = 0; j <= t; j++) {
        double[] key = times(x[j], keys);
        double product = 0;
        for (int d = 0; d < WIDTH; d++) {
          product += query[d] * key[d];
        }
        weights[j] = Math.exp(product / Math.sqrt(WIDTH));
        sum += weights[j];
      }
      states[t] = x[t].clone();
      for (int j = 0; j <= t; j++) {
        double[] value = times(x[j], values);
        for (int d = 0; d < WIDTH; d++) {
          states[t][d] += weights[j] / sum * value[d];
        }
      }
    }
    return states;
  }

  private static double[] times(double[] row, float[] matrix) {
    double[] product = new double[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      for (int d = 0; d < WIDTH; d++) {
        product[d] += row[i] * matrix[i * WIDTH + d];
      }
    }
    return product;
  }
}
