package dev.tessera.host.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.files.JsonFile;
import dev.tessera.host.pipeline.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One published version. Its folder is a run's folder with what serving needs: {@code
 * manifest.json}, and of each step {@code embeddings.arrow}, {@code step.json} and {@code model/}.
 *
 * @param name under which it was published
 * @param version 1, 2, 3 …
 * @param published when, UTC
 * @param source the run's folder name, or what else it came from
 * @param main the step that the name alone means: the last merge, or the only step
 * @param dimensions D of each step, in the order of the run
 * @param folder where it lies
 */
public record Publication(
    String name,
    int version,
    Instant published,
    String source,
    Optional<String> main,
    Map<String, Integer> dimensions,
    Path folder) {

  private static final String FILE = "publication.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** What the file holds; name and version are those of the folders. */
  private record Content(
      String published, String source, Optional<String> main, Map<String, Integer> dimensions) {}

  /** Its folder, to be read as a run's. */
  public RunFolder run() {
    return new RunFolder(folder);
  }

  /** What a message calls it: {@code profiles version 3}. */
  @Override
  public String toString() {
    return name + " version " + version;
  }

  /** Writes the description of a version that is put together in {@code folder}. */
  static void write(
      Path folder,
      Instant published,
      String source,
      Optional<String> main,
      Map<String, Integer> dimensions) {
    Content content = new Content(published.toString(), source, main, dimensions);
    try {
      Files.write(folder.resolve(FILE), JSON.writeValueAsBytes(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be written", e);
    }
  }

  /** Reads the version in a folder. */
  static Publication read(String name, int version, Path folder) {
    Path file = folder.resolve(FILE);
    try {
      Content content =
          JsonFile.read(
              JSON,
              file,
              Content.class,
              "a published version",
              "retire it and publish the run again");
      return new Publication(
          name,
          version,
          Instant.parse(content.published()),
          content.source(),
          content.main(),
          new LinkedHashMap<>(content.dimensions()),
          folder);
    } catch (DateTimeException e) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "%s: wanted a published version, found other values; retire it and publish the run again"
              .formatted(file),
          e);
    }
  }
}
