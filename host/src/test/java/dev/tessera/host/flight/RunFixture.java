package dev.tessera.host.flight;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.EmbeddingOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;

/**
 * Writes the output folder of a run as `tessera run` would: clients 0, 10, 20, … in two columns.
 */
public final class RunFixture {

  private static final int CLIENTS = 1_000;

  private RunFixture() {}

  /** What a step's vectors are. */
  public interface Vectors {
    /** Fills the vector of client number {@code row} of step number {@code step}. */
    void fill(int step, int row, float[] vector);
  }

  /** A run with results of the named steps; row i of step s is (i, s). */
  public static Path write(Path folder, String... steps) throws IOException {
    return write(
        folder,
        CLIENTS,
        List.of("row", "step"),
        (step, row, vector) -> {
          vector[0] = row;
          vector[1] = step;
        },
        steps);
  }

  /** A run of as many clients, 0, 10, 20, …, with other columns. */
  public static Path write(
      Path folder, int clients, List<String> columns, Vectors vectors, String... steps)
      throws IOException {
    Files.createDirectories(folder);
    for (int number = 0; number < steps.length; number++) {
      int step = number;
      writeStep(
          folder.resolve("embeddings_submit").resolve(steps[number]),
          steps[number],
          clients,
          columns,
          (row, vector) -> vectors.fill(step, row, vector));
    }
    String outcomes =
        Arrays.stream(steps)
            .map(
                step ->
                    "{'step': '%s', 'plugin': 'stats', 'status': 'DONE', 'record': null, 'why': ''}"
                        .formatted(step))
            .collect(Collectors.joining(", "));
    String manifest =
        """
        {'host': {'tessera': '0', 'java': '17', 'system': 'any'},
         'started': '2026-01-01T00:00:00Z', 'seconds': 1.0,
         'data': {'mode': 'SUBMIT', 'folder': '/data', 'fingerprint': 'f00d', 'warnings': []},
         'resources': {'seed': 42, 'threads': 1, 'memoryLimitBytes': 1, 'peakMemoryBytes': 1},
         'settings': {}, 'plugins': {'stats': '1.2'}, 'steps': [%s]}
        """
            .formatted(outcomes);
    Files.writeString(folder.resolve("manifest.json"), manifest.replace('\'', '"'));
    return folder;
  }

  private interface StepVectors {
    void fill(int row, float[] vector);
  }

  private static void writeStep(
      Path path, String step, int clients, List<String> columns, StepVectors vectors)
      throws IOException {
    EmbeddingFolder folder = new EmbeddingFolder(Files.createDirectories(path));
    long[] ids = LongStream.range(0, clients).map(i -> 10 * i).toArray();
    int dimension = columns.size();
    try (RootAllocator allocator = new RootAllocator();
        EmbeddingOutput output =
            new EmbeddingOutput(
                folder, step, dimension, columns, ClientSelection.of(ids), allocator);
        EmbeddingWriter writer = new EmbeddingWriter(allocator, dimension, output)) {
      float[] vector = new float[dimension];
      for (int i = 0; i < clients; i++) {
        vectors.fill(i, vector);
        writer.write(ids[i], vector);
      }
      writer.finish();
      output.finish();
    }
    String record =
        """
        {'step': '%s', 'plugin': 'stats', 'pluginVersion': '1.2', 'key': 'k-%s', 'seed': 42,
         'config': {}, 'inputs': [], 'dimension': %d, 'columnNames': [%s],
         'rows': %d, 'seconds': 1.0, 'peakMemoryBytes': 1, 'saturated': {},
         'report': {'metrics': {}, 'curves': {}, 'notes': []}}
        """
            .formatted(
                step,
                step,
                dimension,
                columns.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")),
                clients);
    Files.writeString(folder.record(), record.replace('\'', '"'));
  }
}
