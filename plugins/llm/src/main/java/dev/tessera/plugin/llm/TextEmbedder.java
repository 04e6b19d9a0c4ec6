package dev.tessera.plugin.llm;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.BatchPlan;
import dev.tessera.neural.Facts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Gives each client the vector of its text. Chunk after chunk of distinct texts: they are written,
 * tokenised, sorted by length into batches of like length, run side by side, and kept.
 */
final class TextEmbedder {

  private static final int TASK_TEXTS = 16;
  private static final int IDENTITY_DIGITS = 32;

  private final LlmConfig config;
  private final String modelDigest;
  private final TextTokenizer tokenizer;
  private final TextGraph graph;
  private final PluginContext context;
  private final Consumer<String> remarks;

  /**
   * An embedder.
   *
   * @param modelDigest what tells the model's files from others
   * @param remarks takes lines for the user
   */
  TextEmbedder(
      LlmConfig config,
      String modelDigest,
      TextTokenizer tokenizer,
      TextGraph graph,
      PluginContext context,
      Consumer<String> remarks) {
    this.config = config;
    this.modelDigest = modelDigest;
    this.tokenizer = tokenizer;
    this.graph = graph;
    this.context = context;
    this.remarks = remarks;
  }

  /** Embeds all clients of a selection; one without a text, or without tokens, gets zeros. */
  void embed(EventLog log, ClientSelection clients, EmbeddingSink sink) {
    DistinctTexts texts = DistinctTexts.of(config, log, log.indexOf(clients), context);
    try (TextVectors vectors = vectors(texts)) {
      compute(log, texts, vectors);
      write(texts, vectors, clients, sink);
    }
  }

  private TextVectors vectors(DistinctTexts texts) {
    return texts.count() <= config.chunkTexts()
        ? new HeldVectors(graph.width())
        : new KeptVectors(context.checkpointDirectory(), identity(texts), graph.width());
  }

  private String identity(DistinctTexts texts) {
    String facts =
        Facts.of(config)
            .with("model-digest", modelDigest)
            .with("texts", texts.digest())
            .with("on-gpu", graph.onGpu())
            .toString();
    byte[] hash = ModelSource.sha256().digest(facts.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash).substring(0, IDENTITY_DIGITS);
  }

  private void compute(EventLog log, DistinctTexts texts, TextVectors vectors) {
    int empty = 0;
    int example = -1;
    try (PluginContext.Progress progress = context.progress("texts", texts.count())) {
      TextSpeed speed = new TextSpeed(progress);
      speed.skip(vectors.done());
      while (vectors.done() < texts.count()) {
        int from = vectors.done();
        int[][] tokens = tokens(log, texts, from);
        vectors.add(chunk(tokens, speed), tokens.length);
        for (int i = 0; i < tokens.length; i++) {
          if (tokens[i].length == 0) {
            example = empty++ == 0 ? texts.client(from + i) : example;
          }
        }
      }
    }
    if (empty > 0) {
      remarks.accept(
          "%d text(s) have no token that the model knows, as client %d's: their vectors are zeros"
              .formatted(empty, log.clientIds().get(example)));
    }
  }

  /** The tokens of the texts of a chunk. */
  private int[][] tokens(EventLog log, DistinctTexts texts, int from) {
    int[][] tokens = new int[Math.min(config.chunkTexts(), texts.count() - from)][];
    context.parallel(
        (tokens.length + TASK_TEXTS - 1) / TASK_TEXTS,
        task -> {
          ClientText writer = config.texts(log);
          int to = Math.min(tokens.length, (task + 1) * TASK_TEXTS);
          for (int i = task * TASK_TEXTS; i < to; i++) {
            tokens[i] = tokenizer.ids(writer.of(texts.client(from + i)));
          }
        });
    return tokens;
  }

  /** The vectors of a chunk's texts. */
  private float[] chunk(int[][] tokens, TextSpeed speed) {
    float[] vectors = new float[tokens.length * graph.width()];
    int[] present = IntStream.range(0, tokens.length).filter(i -> tokens[i].length > 0).toArray();
    BatchPlan plan =
        BatchPlan.ordered(present, i -> tokens[i].length, config.batches(graph.alone()));
    if (graph.onGpu()) {
      for (int batch = plan.size() - 1; batch >= 0; batch--) {
        context.checkCancelled();
        batch(tokens, plan.clients(batch), vectors, speed);
      }
    } else {
      // the longest first, so that no thread begins a long one when the others are done
      context.parallel(
          plan.size(), task -> batch(tokens, plan.clients(plan.size() - 1 - task), vectors, speed));
    }
    return vectors;
  }

  private void batch(int[][] tokens, int[] places, float[] vectors, TextSpeed speed) {
    int[][] texts = Arrays.stream(places).mapToObj(place -> tokens[place]).toArray(int[][]::new);
    graph.embed(texts, vectors, places);
    speed.add(texts.length, Arrays.stream(texts).mapToInt(text -> text.length).sum());
  }

  private void write(
      DistinctTexts texts, TextVectors vectors, ClientSelection clients, EmbeddingSink sink) {
    float[] zeros = new float[graph.width()];
    float[] vector = new float[graph.width()];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), graph.width(), sink)) {
      for (int i = 0; i < clients.size(); i++) {
        int text = texts.textOf(i);
        if (text == DistinctTexts.NONE) {
          out.write(clients.id(i), zeros);
        } else {
          vectors.read(text, vector);
          out.write(clients.id(i), vector);
        }
      }
      out.finish();
    }
  }
}
