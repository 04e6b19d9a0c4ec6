package dev.tessera.host.pipeline;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.files.JsonFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a run was and how it went: the content of {@code manifest.json}.
 *
 * @param host what ran it
 * @param started ISO 8601, UTC
 * @param seconds wall time
 * @param data what was read
 * @param resources what was given and used
 * @param settings every top-level value and where it came from
 * @param plugins versions by plugin id
 * @param steps one outcome each, in the order of the run
 */
public record Manifest(
    Host host,
    String started,
    double seconds,
    Data data,
    Resources resources,
    Map<String, String> settings,
    Map<String, String> plugins,
    List<StepOutcome> steps) {

  /**
   * What ran.
   *
   * @param tessera the host's version
   * @param java the JVM's version and vendor
   * @param system operating system, architecture and processors
   */
  public record Host(String tessera, String java, String system) {}

  /**
   * What was read.
   *
   * @param mode which part of the data
   * @param folder the data folder, absolute
   * @param fingerprint of the event store
   * @param warnings lines that the user saw
   */
  public record Data(Mode mode, String folder, String fingerprint, List<String> warnings) {

    /** Makes the folder absolute. */
    Data(Mode mode, Path folder, String fingerprint, List<String> warnings) {
      this(mode, folder.toAbsolutePath().normalize().toString(), fingerprint, warnings);
    }
  }

  /**
   * What was given and used.
   *
   * @param seed of every random choice
   * @param threads per step
   * @param memoryLimitBytes what was allowed
   * @param peakMemoryBytes private memory that was measured
   */
  public record Resources(long seed, int threads, long memoryLimitBytes, long peakMemoryBytes) {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  void write(Path file) {
    JsonFile.write(JSON, file, this);
  }

  static Manifest read(Path file) {
    return JsonFile.read(
        JSON,
        file,
        Manifest.class,
        "a run's manifest",
        "run `tessera run` into this folder again, which takes finished steps from the cache");
  }
}
