package dev.tessera.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the system's own failures become. */
class FileFaultTest {

  @TempDir Path folder;

  private interface Work {
    void run() throws IOException;
  }

  private static IOException thrownBy(Work work) {
    return catchThrowableOfType(IOException.class, work::run);
  }

  @Test
  void aMessageSaysMoreThanThePathAndNamesItOnce() {
    Path none = folder.resolve("none/file");
    IOException nio = thrownBy(() -> Files.newOutputStream(none));
    assertThat(FileFault.of(none, "cannot be written", nio))
        .hasMessage(none + ": cannot be written: no such file or folder")
        .hasCause(nio);
    IOException io = thrownBy(() -> new FileInputStream(none.toFile()).close());
    assertThat(FileFault.reason(none, io)).isEqualTo("No such file or directory");
  }

  @Test
  void anotherFileThatIsAtFaultIsNamed() {
    Path other = folder.resolve("other");
    IOException failure = thrownBy(() -> Files.readAllBytes(other));
    assertThat(FileFault.reason(folder, failure))
        .isEqualTo("no such file or folder (" + other + ")");
  }

  @Test
  void theSystemsReasonIsKept() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    Path under = folder.resolve("file/under");
    assertThat(FileFault.reason(under, thrownBy(() -> Files.readAllBytes(under))))
        .isEqualTo("Not a directory");
    assertThat(FileFault.reason(folder, thrownBy(() -> Files.delete(folder))))
        .isEqualTo("the folder is not empty");
    assertThat(FileFault.reason(folder, thrownBy(() -> Files.createDirectory(folder))))
        .isEqualTo("there is a folder of that name");
    Path latin = Files.write(folder.resolve("latin"), new byte[] {(byte) 0xE4});
    assertThat(FileFault.reason(latin, thrownBy(() -> Files.readString(latin))))
        .isEqualTo("it is no UTF-8 text");
    assertThat(FileFault.reason(latin, new IOException())).isEqualTo("the system gives no reason");
  }
}
