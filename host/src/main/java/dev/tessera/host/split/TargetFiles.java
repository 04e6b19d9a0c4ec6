package dev.tessera.host.split;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Makes files in a target folder that are not there yet, or that an earlier split made. */
final class TargetFiles {

  private final Path folder;
  private final Set<String> madeBefore;
  private final List<String> made = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  TargetFiles(Path folder, Set<String> madeBefore) {
    this.folder = folder;
    this.madeBefore = madeBefore;
  }

  /** Makes a file if it may; it appears whole. */
  void make(String name, Consumer<Path> writer) {
    if (isForeign(name)) {
      kept.add(name);
    } else {
      write(name, writer);
    }
  }

  /** Makes two files that belong together, or keeps both: popularity is in the labels' order. */
  void makePair(String labels, Consumer<Path> labelWriter, String shares, Consumer<Path> writer) {
    if (isForeign(labels)) {
      kept.add(labels);
      if (isForeign(shares)) {
        kept.add(shares);
      }
      return;
    }
    write(labels, labelWriter);
    write(shares, writer);
  }

  List<String> made() {
    return made;
  }

  List<String> kept() {
    return kept;
  }

  private boolean isForeign(String name) {
    return Files.exists(folder.resolve(name)) && !madeBefore.contains(name);
  }

  private void write(String name, Consumer<Path> writer) {
    Path file = folder.resolve(name);
    Path temporary = folder.resolve(name + ".tmp");
    try {
      writer.accept(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw LogSplit.unwritable(file, e);
    }
    made.add(name);
  }
}
