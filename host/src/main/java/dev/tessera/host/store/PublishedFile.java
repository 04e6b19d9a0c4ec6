package dev.tessera.host.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.files.FileDigest;
import dev.tessera.host.files.JsonFile;
import dev.tessera.host.files.VersionFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the Arrow file that a configuration names, and what tells its content. */
final class PublishedFile {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> RUN_FOLDERS = List.of("embeddings_submit", "embeddings_local");

  private PublishedFile() {}

  /**
   * The file.
   *
   * @throws PluginException INVALID_CONFIG if there is none
   */
  static Path find(String text) {
    Path path = Path.of(text);
    if (Files.isRegularFile(path)) {
      return path;
    }
    Path arrow = new EmbeddingFolder(path).arrow();
    if (Files.exists(arrow)) {
      return arrow;
    }
    VersionFolders versions = new VersionFolders(path);
    return versions
        .defaultOf(versions.offered())
        .map(versions::version)
        .or(() -> Optional.of(path))
        .flatMap(PublishedFile::main)
        .orElseThrow(
            () ->
                new PluginException(
                    ErrorCode.INVALID_CONFIG,
                    "no embedding at '%s': wanted STORE/NAME, STORE/NAME/VERSION, a step's folder or an Arrow file"
                        .formatted(text)));
  }

  /** The main step of a published version. */
  private static Optional<Path> main(Path version) {
    Path file = version.resolve("publication.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonNode main = read(file).path("main");
    return RUN_FOLDERS.stream()
        .map(folder -> version.resolve(folder).resolve(main.asText()))
        .map(folder -> new EmbeddingFolder(folder).arrow())
        .filter(Files::exists)
        .findFirst();
  }

  /** What tells the content: the key of how it was made, or a digest of it. */
  static String content(Path arrow) {
    Path record = new EmbeddingFolder(arrow.toAbsolutePath().getParent()).record();
    if (Files.exists(record)) {
      return read(record).path("key").asText();
    }
    try {
      return FileDigest.sha256(arrow);
    } catch (IOException e) {
      throw unreadable(arrow, e);
    }
  }

  /** Gives a file a second name where the file system can, otherwise copies it. */
  static void keep(Path file, Path copy) {
    try {
      try {
        Files.createLink(copy, file);
      } catch (UnsupportedOperationException | IOException e) {
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static JsonNode read(Path file) {
    return JsonFile.read(
        JSON, file, JsonNode.class, "what describes an embedding", "publish or run it again");
  }

  private static PluginException unreadable(Path file, IOException e) {
    return FileFault.of(file, "cannot be read", e);
  }
}
