package dev.tessera.host.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.host.arrow.ArrowColumnFile.Column;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrowFilesTest {

  @TempDir private Path temp;
  private final HostMemory memory = HostMemory.withLimit(1 << 20);

  @AfterEach
  void nothingIsLeftInMemory() {
    memory.close();
  }

  private Path write(int rows) throws IOException {
    Path file = temp.resolve("columns.arrow");
    long[] longs = new long[rows];
    int[] ints = new int[rows];
    byte[] bytes = new byte[rows];
    for (int i = 0; i < rows; i++) {
      longs[i] = (1L << 40) - i;
      ints[i] = -i;
      bytes[i] = (byte) i;
    }
    try (ArrowBuf first = NativeBuffer.of(memory.work(), longs);
        ArrowBuf second = NativeBuffer.of(memory.work(), ints);
        ArrowBuf third = NativeBuffer.of(memory.work(), bytes)) {
      ArrowColumnFile.write(
          file,
          rows,
          List.of(
              Column.int64("long", first),
              Column.int32("int", second),
              Column.int8("byte", third),
              Column.bytes("pair", 4, second)),
          memory.work());
    }
    return file;
  }

  @Test
  void arrowsOwnReaderAndTheMappedOneSeeTheSame() throws IOException {
    for (int rows : new int[] {0, 1, 8, 1_001}) {
      Path file = write(rows);
      try (BufferAllocator mapped = HostMemory.forMappedFiles(memory.work(), "mapped");
          MappedArrowFile found = MappedArrowFile.open(file, mapped);
          FileChannel channel = FileChannel.open(file);
          ArrowFileReader reader = new ArrowFileReader(channel, memory.work())) {
        assertThat(reader.loadNextBatch()).isTrue();
        VectorSchemaRoot wanted = reader.getVectorSchemaRoot();
        assertThat(found.rowCount()).isEqualTo(rows);
        assertThat(found.schema()).isEqualTo(wanted.getSchema());
        assertThat(found.batches().get(0).equals(wanted)).isTrue();
      }
    }
  }

  @Test
  void mappedBytesDoNotCountAsWorkingMemory() throws IOException {
    Path file = write(1_000);
    try (BufferAllocator mapped = HostMemory.forMappedFiles(memory.work(), "mapped");
        MappedArrowFile found = MappedArrowFile.open(file, mapped)) {
      assertThat(found.rowCount()).isEqualTo(1_000);
      assertThat(memory.work().getAllocatedMemory()).isZero();
      assertThat(mapped.getAllocatedMemory()).isGreaterThan(17_000);
    }
  }

  @Test
  void namesAFileThatIsCutShort() throws IOException {
    Path file = write(1_000);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    try (BufferAllocator mapped = HostMemory.forMappedFiles(memory.work(), "mapped")) {
      assertThatThrownBy(() -> MappedArrowFile.open(file, mapped).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("columns.arrow: cannot map Arrow file");
    }
  }

  @Test
  void aBufferBeyondTheLimitIsRefusedAndCostsNothing() {
    assertThatThrownBy(() -> NativeBuffer.allocate(memory.work(), 2 << 20).close())
        .isInstanceOf(OutOfMemoryException.class);
    assertThat(memory.work().getAllocatedMemory()).isZero();
  }
}
