package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.Npy;
import dev.tessera.api.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryCheckTest {

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void relevantClients() throws IOException {
    data = folder.resolve("data");
    Files.createDirectories(data.resolve("input"));
    Npy.write(data.resolve("input/relevant_clients.npy"), new long[] {5, 3, 9}, 3);
  }

  @Test
  void aPermutationOfTheRelevantClientsIsValid() throws IOException {
    Path entry = entry(new long[] {9, 5, 3}, 2, 1, 2, 3, 4, 5, 6);
    assertThat(EntryCheck.failures(entry, Optional.of(data))).isEmpty();
  }

  @Test
  void listsEveryFailureAtOnce() throws IOException {
    Path entry =
        entry(
            new long[] {9, 9, 4}, 2, 1, Float.NaN, Float.NaN, 4, Float.POSITIVE_INFINITY, 6, 7, 8);
    List<String> failures = EntryCheck.failures(entry, Optional.of(data));
    assertThat(failures)
        .anyMatch(line -> line.contains("found 1 repeats, first of 9"))
        .anyMatch(line -> line.contains("2 relevant clients are missing, the first is 3"))
        .anyMatch(line -> line.contains("1 clients are not relevant, the first is 4"))
        .anyMatch(line -> line.contains("found 2 NaN, the first in row 0, column 1"))
        .anyMatch(line -> line.contains("found 1 infinite, the first in row 2, column 0"))
        .anyMatch(line -> line.contains("found 3 ids and 4 rows"))
        .hasSize(6);
  }

  @Test
  void namesWrongTypesAndShapes() throws IOException {
    Path entry = Files.createDirectory(folder.resolve("types"));
    Npy.write(entry.resolve("client_ids.npy"), new float[] {3, 5, 9}, 3);
    Npy.write(entry.resolve("embeddings.npy"), new float[3 * 2049], 3, 2049);
    assertThat(EntryCheck.failures(entry, Optional.empty()))
        .anyMatch(line -> line.contains("wanted int64 (<i8), found <f4 [3]"))
        .anyMatch(line -> line.contains("wanted float16 (<f2), found <f4 [3, 2049]"))
        .anyMatch(line -> line.contains("wanted 1 to 2048 columns, found 2049"))
        .hasSize(3);

    Npy.write(entry.resolve("client_ids.npy"), new long[] {3, 5, 9}, 1, 3);
    Npy.write(entry.resolve("embeddings.npy"), new float[3], 3);
    assertThat(EntryCheck.failures(entry, Optional.empty()))
        .anyMatch(line -> line.contains("wanted one dimension, found <i8 [1, 3]"))
        .anyMatch(line -> line.contains("wanted two dimensions, clients × columns, found <f4 [3]"));
  }

  @Test
  void namesMissingAndBrokenFiles() throws IOException {
    assertThat(EntryCheck.failures(folder.resolve("nowhere"), Optional.empty()))
        .hasSize(2)
        .allMatch(line -> line.contains("found none"));
    Path entry = entry(new long[] {9, 5, 3}, 2, 1, 2, 3, 4, 5, 6);
    byte[] bytes = Files.readAllBytes(entry.resolve("embeddings.npy"));
    Files.write(entry.resolve("embeddings.npy"), java.util.Arrays.copyOf(bytes, bytes.length - 3));
    assertThat(EntryCheck.failures(entry, Optional.of(folder.resolve("elsewhere"))))
        .anyMatch(line -> line.contains("truncated"))
        .anyMatch(line -> line.contains("wanted the list of relevant clients"))
        .hasSize(2);
  }

  private Path entry(long[] ids, int dimension, float... values) throws IOException {
    Path entry = Files.createDirectory(folder.resolve("entry"));
    Npy.write(entry.resolve("client_ids.npy"), ids, ids.length);
    try (NpyWriter out =
        new NpyWriter(
            entry.resolve("embeddings.npy"), "<f2", values.length / dimension, dimension)) {
      out.writeHalves(values, values.length);
      out.finish();
    }
    return entry;
  }
}
