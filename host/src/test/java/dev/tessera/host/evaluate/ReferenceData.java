package dev.tessera.host.evaluate;

import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.split.LogSplit;
import dev.tessera.host.split.SplitRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The reference log, split, with the reference's own label files. */
final class ReferenceData {

  private ReferenceData() {}

  /** Copies and splits it; the test is skipped where it does not exist. */
  static Path split(Path folder) {
    Path from = GoldenData.golden("raw");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = folder.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE)) {
      new LogSplit(
              new SplitRequest(folder, 14, OptionalLong.empty()), StoreOptions.of(memory.work()))
          .write();
    }
    return folder;
  }
}
