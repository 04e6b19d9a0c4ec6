package dev.tessera.host.cli;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.Npy;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ReadTable;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.EmbeddingOutput;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.arrow.memory.RootAllocator;

/**
 * The output of a run in mode local as `tessera run` would leave it: {@code counts} (a client's
 * purchases and visits), {@code noise}, and {@code profile}, which lays them side by side.
 */
final class JudgedRun {

  static final int NOISE = 6;

  private final Path data;
  private final Path run;
  private final long[] clients;

  private JudgedRun(Path folder) throws IOException {
    data = folder.resolve("data");
    run = folder.resolve("run");
    SyntheticShop.write(ShopPreset.TINY.plan(), data, false, 2, ProgressDisplay.silent());
    clients =
        ClientSelection.of(Npy.readLongs(data.resolve("input/relevant_clients.npy"))).toArray();
  }

  /** Makes data and run in a folder. */
  static JudgedRun write(Path folder) throws IOException {
    JudgedRun judged = new JudgedRun(folder);
    float[][] counts = judged.counts();
    float[][] noise = judged.noise();
    float[][] both = new float[counts.length][];
    for (int row = 0; row < both.length; row++) {
      both[row] = new float[2 + NOISE];
      System.arraycopy(counts[row], 0, both[row], 0, 2);
      System.arraycopy(noise[row], 0, both[row], 2, NOISE);
    }
    judged.step("counts", counts, List.of("buys", "visits"), List.of());
    judged.step("noise", noise, List.of(), List.of());
    List<String> names = new ArrayList<>(List.of("counts_buys", "counts_visits"));
    for (int i = 0; i < NOISE; i++) {
      names.add("noise_" + i);
    }
    judged.step("profile", both, names, List.of("counts", "noise"));
    judged.manifest("counts", "noise", "profile");
    return judged;
  }

  Path data() {
    return data;
  }

  Path run() {
    return run;
  }

  private float[][] counts() {
    Map<Long, Integer> rowOf = new HashMap<>();
    for (int row = 0; row < clients.length; row++) {
      rowOf.put(clients[row], row);
    }
    float[][] counts = new float[clients.length][2];
    int column = 0;
    for (String table : new String[] {"product_buy", "page_visit"}) {
      for (long client :
          ReadTable.read(data.resolve("input").resolve(table + ".parquet")).longs("client_id")) {
        if (rowOf.containsKey(client)) {
          counts[rowOf.get(client)][column]++;
        }
      }
      column++;
    }
    return counts;
  }

  private float[][] noise() {
    Random random = new Random(1);
    float[][] noise = new float[clients.length][NOISE];
    for (float[] row : noise) {
      for (int i = 0; i < NOISE - 1; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return noise;
  }

  private void step(String name, float[][] rows, List<String> columns, List<String> inputs)
      throws IOException {
    Path path = run.resolve("embeddings_local").resolve(name);
    EmbeddingFolder folder = new EmbeddingFolder(Files.createDirectories(path));
    int dimension = rows[0].length;
    try (RootAllocator allocator = new RootAllocator();
        EmbeddingOutput output =
            new EmbeddingOutput(
                folder, name, dimension, columns, ClientSelection.of(clients), allocator);
        EmbeddingWriter writer = new EmbeddingWriter(allocator, dimension, output)) {
      for (int row = 0; row < rows.length; row++) {
        writer.write(clients[row], rows[row]);
      }
      writer.finish();
      output.finish();
    }
    Files.writeString(folder.record(), record(name, rows.length, dimension, columns, inputs));
  }

  private static String record(
      String name, int rows, int dimension, List<String> columns, List<String> inputs) {
    return """
        {'step': '%s', 'plugin': 'sample', 'pluginVersion': '1', 'key': 'key of %s', 'seed': 42,
         'config': {}, 'inputs': [%s], 'dimension': %d, 'columnNames': [%s],
         'rows': %d, 'seconds': 1.5, 'peakMemoryBytes': 1048576, 'saturated': {},
         'report': {'metrics': {'loss': 0.5}, 'curves': {'loss': [1.0, 0.7, 0.5]}, 'notes': []}}
        """
        .formatted(name, name, quoted(inputs), dimension, quoted(columns), rows)
        .replace('\'', '"');
  }

  private void manifest(String... steps) throws IOException {
    List<String> outcomes = new ArrayList<>();
    for (String step : steps) {
      outcomes.add(
          "{\"step\": \"%s\", \"plugin\": \"sample\", \"status\": \"DONE\", \"record\": %s, \"why\": \"\"}"
              .formatted(
                  step, Files.readString(run.resolve("embeddings_local/" + step + "/step.json"))));
    }
    String manifest =
        """
        {'host': {'tessera': '0', 'java': '17', 'system': 'any'},
         'started': '2026-01-01T00:00:00Z', 'seconds': 3.0,
         'data': {'mode': 'LOCAL', 'folder': 'DATA', 'fingerprint': 'f00d', 'warnings': []},
         'resources': {'seed': 42, 'threads': 1, 'memoryLimitBytes': 1, 'peakMemoryBytes': 1},
         'settings': {'seed': '42 (default)'}, 'plugins': {'sample': '1'}, 'steps': [STEPS]}
        """
            .replace('\'', '"')
            .replace("DATA", data.toAbsolutePath().toString())
            .replace("STEPS", String.join(", ", outcomes));
    Files.writeString(run.resolve("manifest.json"), manifest);
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> "'" + text + "'").collect(Collectors.joining(", "));
  }
}
