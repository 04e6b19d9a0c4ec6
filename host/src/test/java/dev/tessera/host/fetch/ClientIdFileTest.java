package dev.tessera.host.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientIdFileTest {

  @TempDir Path folder;

  @Test
  void readsNumpyAndTextInOrderWithRepeats() throws IOException {
    Path text = Files.writeString(folder.resolve("ids.txt"), "7\n\n -3\n7\n");
    assertThat(ClientIdFile.read(text)).containsExactly(7, -3, 7);

    Path npy = folder.resolve("ids.npy");
    Npy.write(npy, new long[] {5, 4, 5}, 3);
    assertThat(ClientIdFile.read(npy)).containsExactly(5, 4, 5);
  }

  @Test
  void namesTheLineThatIsNoId() throws IOException {
    Path file = Files.writeString(folder.resolve("ids.txt"), "7\nseven\n");
    assertThatThrownBy(() -> ClientIdFile.read(file))
        .hasMessageContaining("ids.txt line 2: wanted a client id (int64), found 'seven'");
  }

  @Test
  void refusesAnEmptyListAndAFileThatIsNotThere() throws IOException {
    Path file = Files.writeString(folder.resolve("ids.txt"), "\n");
    assertThatThrownBy(() -> ClientIdFile.read(file)).hasMessageContaining("found none");
    assertThatThrownBy(() -> ClientIdFile.read(folder.resolve("no.txt")))
        .hasMessageContaining("no such file");
  }
}
