package dev.tessera.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One step's files: what they hold, and what a plugin's rows are held to. */
class EmbeddingOutputTest {

  private static final long[] CLIENTS = {-5, 0, 7};
  private static final List<String> COLUMNS = List.of("left", "right");

  @TempDir private Path temp;
  private final RootAllocator allocator = new RootAllocator();
  private EmbeddingFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = new EmbeddingFolder(Files.createDirectory(temp.resolve("step")));
  }

  @AfterEach
  void nothingIsLeftInMemory() {
    allocator.close();
  }

  @Test
  void writesTheSameRowsInAllFormats() {
    write(
        rows -> {
          rows.write(-5, new float[] {1, -2.5f});
          rows.write(0, new float[] {0, 0.1f});
          rows.write(7, new float[] {3, 65504});
        });
    assertThat(Npy.readLongs(folder.clientIds())).containsExactly(CLIENTS);
    Npy.Header halves = Npy.header(folder.halves());
    assertThat(halves.dtype()).isEqualTo("<f2");
    assertThat(halves.shape()).containsExactly(3, 2);
    assertThat(Npy.readFloats(folder.halves()))
        .containsExactly(1, -2.5f, 0, 0.099975586f, 3, 65504); // 0.1 to the nearest half
    try (MappedEmbedding mapped = MappedEmbedding.open(folder, "s", allocator)) {
      assertThat(mapped.embeddings().columnNames()).isEqualTo(COLUMNS);
      assertThat(mapped.embeddings().dimension()).isEqualTo(2);
      assertThat(floats(mapped)).containsExactly(1, -2.5f, 0, 0.1f, 3, 65504);
    }
    assertThat(folder.parquet()).exists();
  }

  @Test
  void cutsLargeBatchesSoThatAServerCanSendThem() {
    int rows = 70_000; // of 8 + 4 * 16 bytes: 5 MB
    long[] ids = LongStream.range(0, rows).toArray();
    try (EmbeddingOutput output =
            new EmbeddingOutput(folder, "s", 16, List.of(), ClientSelection.of(ids), allocator);
        EmbeddingWriter writer = new EmbeddingWriter(allocator, 16, output)) {
      for (long id : ids) {
        float[] row = new float[16];
        row[3] = id;
        writer.write(id, row);
      }
      writer.finish();
      output.finish();
    }
    try (MappedEmbedding mapped = MappedEmbedding.open(folder, "s", allocator)) {
      List<EmbeddingBatch> batches = mapped.embeddings().batches();
      assertThat(batches).allMatch(batch -> batch.rows() * (8 + 4 * 16) <= 2 << 20);
      assertThat(batches.stream().mapToInt(EmbeddingBatch::rows).sum()).isEqualTo(rows);
    }
  }

  @Test
  void clipsWhatFloat16CannotHoldAndCountsItByColumn() {
    try (EmbeddingOutput output = output(COLUMNS)) {
      try (EmbeddingWriter writer = new EmbeddingWriter(allocator, 2, output)) {
        writer.write(-5, new float[] {1e9f, 65519.99f});
        writer.write(0, new float[] {-65520, 1});
        writer.write(7, new float[] {-Float.MAX_VALUE, 1});
        writer.finish();
      }
      output.finish();
      assertThat(output.saturatedValues()).containsExactly(entry("left", 3L));
    }
    assertThat(Npy.readFloats(folder.halves())).containsExactly(65504, 65504, -65504, 1, -65504, 1);
    try (MappedEmbedding mapped = MappedEmbedding.open(folder, "s", allocator)) {
      assertThat(floats(mapped)).containsExactly(1e9f, 65519.99f, -65520, 1, -Float.MAX_VALUE, 1);
    }
  }

  @Test
  void countsByNumberWhereColumnsHaveNoNames() {
    try (EmbeddingOutput output = output(List.of())) {
      fill(output, 2, new float[] {0, 1e6f});
      output.finish();
      assertThat(output.saturatedValues()).containsExactly(entry("1", 3L));
    }
  }

  @Test
  void namesStepColumnAndClientOfAValueThatIsNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertBroken(
          rows -> {
            rows.write(-5, new float[] {1, 2});
            rows.write(0, new float[] {1, bad});
            rows.write(7, new float[] {1, 2});
          },
          "step s broke the contract",
          "found " + bad + " in column right for client 0");
    }
  }

  @Test
  void namesTheFirstClientThatIsNotTheOneWanted() {
    assertBroken(
        rows -> {
          rows.write(-5, new float[2]);
          rows.write(7, new float[2]);
        },
        "wanted client 0 as number 1",
        "found client 7");
    assertBroken(
        rows -> {
          rows.write(0, new float[2]);
          rows.write(-5, new float[2]);
        },
        "wanted client -5 as number 0",
        "found client 0");
    assertBroken(
        rows -> {
          rows.write(-5, new float[2]);
          rows.write(-5, new float[2]);
        },
        "wanted client 0 as number 1",
        "found client -5");
  }

  @Test
  void namesAClientTooManyAndTheNumberOfThoseMissing() {
    assertBroken(
        rows -> {
          for (long id : new long[] {-5, 0, 7, 8}) {
            rows.write(id, new float[2]);
          }
        },
        "wanted 3 clients, found more: client 8");
    assertBroken(rows -> rows.write(-5, new float[2]), "wanted 3 clients, found 1");
  }

  @Test
  void namesAnotherDimensionThanThePluginSaid() {
    try (EmbeddingOutput output = output(COLUMNS)) {
      assertThatThrownBy(() -> fill(output, 3, new float[3]))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("wanted batches of dimension 2, found 3");
    }
  }

  @Test
  void refusesRowsThatAreNull() {
    try (EmbeddingOutput output = output(COLUMNS)) {
      assertThatThrownBy(
              () ->
                  fill(
                      batch -> {
                        batch.embeddings().setNull(1);
                        output.accept(batch);
                      },
                      2,
                      new float[2]))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("a null row");
    }
  }

  @Test
  void writesAnEmbeddingOfNobody() {
    try (EmbeddingOutput output =
        new EmbeddingOutput(folder, "s", 2, COLUMNS, ClientSelection.of(new long[0]), allocator)) {
      output.finish();
    }
    assertThat(Npy.header(folder.halves()).shape()).containsExactly(0, 2);
    try (MappedEmbedding mapped = MappedEmbedding.open(folder, "s", allocator)) {
      assertThat(mapped.embeddings().batches().stream().mapToInt(EmbeddingBatch::rows).sum())
          .isZero();
    }
  }

  @Test
  void saysWhichFolderCannotBeWritten() {
    folder = new EmbeddingFolder(temp.resolve("nowhere"));
    assertThatThrownBy(() -> output(COLUMNS).close())
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
        .hasMessageContaining("nowhere");
  }

  private EmbeddingOutput output(List<String> columns) {
    return new EmbeddingOutput(folder, "s", 2, columns, ClientSelection.of(CLIENTS), allocator);
  }

  private void write(Consumer<EmbeddingWriter> rows) {
    try (EmbeddingOutput output = output(COLUMNS);
        EmbeddingWriter writer = new EmbeddingWriter(allocator, 2, output)) {
      rows.accept(writer);
      writer.finish();
      output.finish();
    }
  }

  private void assertBroken(Consumer<EmbeddingWriter> rows, String... parts) {
    assertThatThrownBy(() -> write(rows))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_OUTPUT))
        .hasMessageContainingAll(parts);
  }

  /** Gives every client the same row. */
  private void fill(EmbeddingSink sink, int dimension, float[] row) {
    try (EmbeddingWriter writer = new EmbeddingWriter(allocator, dimension, sink)) {
      for (long id : CLIENTS) {
        writer.write(id, row);
      }
      writer.finish();
    }
  }

  private static float[] floats(MappedEmbedding mapped) {
    int dimension = mapped.embeddings().dimension();
    List<float[]> rows = new ArrayList<>();
    for (EmbeddingBatch batch : mapped.embeddings().batches()) {
      for (int row = 0; row < batch.rows(); row++) {
        float[] values = new float[dimension];
        batch.copyRow(row, values);
        rows.add(values);
      }
    }
    float[] flat = new float[rows.size() * dimension];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, flat, i * dimension, dimension);
    }
    return flat;
  }
}
