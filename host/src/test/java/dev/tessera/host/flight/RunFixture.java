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

  /** A run with results of the named steps; row i of step s is (i, s). */
  public static Path write(Path folder, String... steps) throws IOException {
    Files.createDirectories(folder);
    for (int number = 0; number < steps.length; number++) {
      writeStep(folder.resolve("embeddings_submit").resolve(steps[number]), steps[number], number);
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

  private static void writeStep(Path path, String step, int number) throws IOException {
    EmbeddingFolder folder = new EmbeddingFolder(Files.createDirectories(path));
    long[] ids = LongStream.range(0, CLIENTS).map(i -> 10 * i).toArray();
    try (RootAllocator allocator = new RootAllocator();
        EmbeddingOutput output =
            new EmbeddingOutput(
                folder, step, 2, List.of("row", "step"), ClientSelection.of(ids), allocator);
        EmbeddingWriter writer = new EmbeddingWriter(allocator, 2, output)) {
      for (int i = 0; i < CLIENTS; i++) {
        writer.write(ids[i], new float[] {i, number});
      }
      writer.finish();
      output.finish();
    }
    String record =
        """
        {'step': '%s', 'plugin': 'stats', 'pluginVersion': '1.2', 'key': 'k-%s', 'seed': 42,
         'config': {}, 'inputs': [], 'dimension': 2, 'columnNames': ['row', 'step'],
         'rows': 1000, 'seconds': 1.0, 'peakMemoryBytes': 1, 'saturated': {},
         'report': {'metrics': {}, 'curves': {}, 'notes': []}}
        """
            .formatted(step, step);
    Files.writeString(folder.record(), record.replace('\'', '"'));
  }
}
