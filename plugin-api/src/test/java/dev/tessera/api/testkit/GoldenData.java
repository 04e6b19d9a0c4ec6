package dev.tessera.api.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds reference data that is not part of the project: results of other libraries, and recorded
 * event data. Tests that need a part of it are skipped, with the reason, where it does not exist.
 *
 * <p>Looked for in the folder that the environment variable {@code TESSERA_SHARED} names, else in a
 * folder {@code shared} beside the project.
 */
public final class GoldenData {

  private GoldenData() {}

  /** A file or folder of {@code golden/}, or the test is skipped. */
  public static Path golden(String part) {
    return find("golden/" + part);
  }

  /** A file or folder of {@code data/}, or the test is skipped. */
  public static Path data(String part) {
    return find("data/" + part);
  }

  private static Path find(String part) {
    String named = System.getenv("TESSERA_SHARED");
    if (named != null) {
      return require(Path.of(named).resolve(part), part);
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared").resolve(part);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    return require(Path.of("shared").resolve(part), part);
  }

  private static Path require(Path path, String part) {
    Assumptions.assumeTrue(Files.exists(path), () -> "no reference data " + part + " here");
    return path;
  }
}
