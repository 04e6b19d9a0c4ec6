package dev.tessera.plugin.llm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a model: a graph in ONNX form (perhaps with its weights in files beside it, whose
 * names begin with the graph's) and the {@code tokenizer.json} of Hugging Face's tokenizers.
 */
final class ModelSource {

  private static final String GRAPH = "model.onnx";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CARRIED_GRAPH = "/" + LlmConfig.DEFAULT_MODEL + ".onnx";
  private static final String CARRIED_TOKENIZER = "/" + LlmConfig.DEFAULT_MODEL + "-tokenizer.json";

  /** How the operators that scale a whole batch by its largest value begin. */
  private static final String BATCH_OPERATOR = "DynamicQuantize";

  private static final int BUFFER_BYTES = 1 << 20;

  private final String name;
  private final Path folder;
  private final byte[] carried;
  private final byte[] tokenizer;
  private final String digest;
  private final boolean quantisesByBatch;

  private ModelSource(String name, Path folder, byte[] carried, byte[] tokenizer)
      throws IOException {
    this.name = name;
    this.folder = folder;
    this.carried = carried;
    this.tokenizer = tokenizer;
    MessageDigest sha = sha256();
    sha.update(tokenizer);
    ByteSearch operator = new ByteSearch(BATCH_OPERATOR);
    if (folder == null) {
      read(new ByteArrayInputStream(carried), sha, operator);
    } else {
      for (Path file : graphFiles(folder)) {
        try (InputStream in = Files.newInputStream(file)) {
          read(in, sha, file.getFileName().toString().equals(GRAPH) ? operator : null);
        }
      }
    }
    this.digest = HexFormat.of().formatHex(sha.digest());
    this.quantisesByBatch = operator.found();
  }

  /**
   * Finds a model.
   *
   * @param model {@link LlmConfig#DEFAULT_MODEL} or a folder
   * @throws PluginException with {@link ErrorCode#INVALID_CONFIG} if the folder or one of its files
   *     is missing
   */
  static ModelSource find(String model) {
    try {
      if (model.equals(LlmConfig.DEFAULT_MODEL)) {
        return new ModelSource(model, null, resource(CARRIED_GRAPH), resource(CARRIED_TOKENIZER));
      }
      Path folder = Path.of(model);
      if (!Files.isDirectory(folder)) {
        throw missing(
            "model %s: wanted %s or a folder with %s and %s, found no such folder"
                .formatted(model, LlmConfig.DEFAULT_MODEL, GRAPH, TOKENIZER));
      }
      for (String file : List.of(GRAPH, TOKENIZER)) {
        if (!Files.isRegularFile(folder.resolve(file))) {
          throw missing(
              "model %s: wanted %s and %s, found no %s in the folder; docs/TEXT_MODELS.md says how to export one"
                  .formatted(model, GRAPH, TOKENIZER, file));
        }
      }
      byte[] tokenizer = Files.readAllBytes(folder.resolve(TOKENIZER));
      return new ModelSource(model, folder, null, tokenizer);
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO, "model %s cannot be read: %s".formatted(model, e.getMessage()), e);
    }
  }

  private static PluginException missing(String message) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message);
  }

  private static byte[] resource(String path) throws IOException {
    try (InputStream in = ModelSource.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException("the plugin's jar lacks " + path);
      }
      return in.readAllBytes();
    }
  }

  private static List<Path> graphFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(GRAPH))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static void read(InputStream in, MessageDigest sha, ByteSearch search)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
      sha.update(buffer, 0, count);
      if (search != null) {
        search.feed(buffer, count);
      }
    }
  }

  /** SHA-256, which every Java has. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the configuration names it. */
  String name() {
    return name;
  }

  /** The graph's file; null if {@link #graphBytes} holds it. */
  Path graphFile() {
    return folder == null ? null : folder.resolve(GRAPH);
  }

  /** The graph, if it is not in a file; else null. */
  byte[] graphBytes() {
    return carried;
  }

  /** The content of {@code tokenizer.json}. */
  InputStream tokenizer() {
    return new ByteArrayInputStream(tokenizer);
  }

  /** SHA-256 of all files, in hexadecimal digits. */
  String digest() {
    return digest;
  }

  /**
   * Whether the graph scales the activations of a whole batch by its largest value, so that the
   * texts of a batch change each other's vectors.
   */
  boolean quantisesByBatch() {
    return quantisesByBatch;
  }
}
