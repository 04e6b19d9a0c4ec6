package dev.tessera.host.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where this Tessera is installed; the launcher says so. */
final class Installation {

  private static final String HOME = "tessera.home";
  private static final String PLUGINS = "plugins";

  private Installation() {}

  /** The folder with lib/, plugins/ and configs/. */
  static Path home() {
    return Path.of(System.getProperty(HOME, "."));
  }

  /** {@code plugins/} of the installation, then that of the current folder, where they exist. */
  static List<Path> pluginFolders() {
    List<Path> folders = new ArrayList<>();
    for (Path parent : List.of(home(), Path.of(""))) {
      Path folder = parent.resolve(PLUGINS).toAbsolutePath().normalize();
      if (Files.isDirectory(folder) && !folders.contains(folder)) {
        folders.add(folder);
      }
    }
    return folders;
  }

  /** The standard folders, and further ones that a user gave; null counts as none. */
  static List<Path> pluginFolders(List<Path> further) {
    List<Path> folders = new ArrayList<>(pluginFolders());
    if (further != null) {
      folders.addAll(further);
    }
    return folders;
  }
}
