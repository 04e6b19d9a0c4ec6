package dev.tessera.host.plugin;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.PluginInfo;
import dev.tessera.host.plugin.PluginStatus.State;
import dev.tessera.host.store.PublishedFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plugins of some folders. A broken jar is kept as a {@link PluginStatus} with its reason and
 * never stops the others. Safe to read from any thread.
 */
public final class PluginRegistry implements AutoCloseable {

  private static final Path NO_JAR = Path.of("");

  private final List<Path> folders;
  private final Optional<PluginArchives> archives;
  private final List<PluginStatus> statuses = new ArrayList<>();
  private final Map<String, LoadedPlugin> ready = new LinkedHashMap<>();

  private PluginRegistry(List<Path> folders) {
    this.folders = folders;
    List<Path> existing = folders.stream().filter(Files::isDirectory).distinct().toList();
    this.archives =
        existing.isEmpty() ? Optional.empty() : Optional.of(new PluginArchives(existing));
  }

  /**
   * Loads every {@code *.jar} of the folders, in order of folder, then name.
   *
   * @param folders those that do not exist are passed over
   */
  public static PluginRegistry load(List<Path> folders) {
    PluginRegistry registry =
        new PluginRegistry(
            folders.stream().map(folder -> folder.toAbsolutePath().normalize()).toList());
    registry.archives.ifPresent(archives -> archives.jars().forEach(registry::add));
    return registry;
  }

  /** What there is to list: all jars found, and after them what the host brings itself. */
  public List<PluginStatus> listed() {
    List<PluginStatus> all = new ArrayList<>(statuses);
    if (statuses.stream().noneMatch(status -> status.id().equals(PublishedFactory.ID))) {
      PluginInfo info = new PublishedFactory().info();
      all.add(
          new PluginStatus(
              PublishedFactory.ID,
              PublishedFactory.VERSION,
              State.READY,
              NO_JAR,
              Optional.of(info),
              ""));
    }
    return all;
  }

  /** All jars found, in the order they were found. */
  public List<PluginStatus> statuses() {
    return List.copyOf(statuses);
  }

  /**
   * The plugin of that id: of a jar, or one that the host brings itself.
   *
   * @throws PluginException INVALID_CONFIG if there is none (lists those there are) or if it is
   *     broken (says why)
   */
  public LoadedPlugin require(String id) {
    LoadedPlugin plugin = ready.get(id);
    if (plugin != null) {
      return plugin;
    }
    for (PluginStatus status : statuses) {
      if (status.id().equals(id)) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "plugin '%s' is broken: %s %s".formatted(id, status.jar(), status.why()));
      }
    }
    if (id.equals(PublishedFactory.ID)) {
      return LoadedPlugin.ofHost(PublishedFactory.VERSION, new PublishedFactory());
    }
    throw new PluginException(
        ErrorCode.INVALID_CONFIG,
        ready.isEmpty()
            ? "no plugin '%s': there are no plugins in %s".formatted(id, folders)
            : "no plugin '%s': there are %s".formatted(id, String.join(", ", ready.keySet())));
  }

  /** Closes the class loaders; stages of the plugins must be closed before. */
  @Override
  public void close() {
    ready.clear();
    archives.ifPresent(PluginArchives::closeAll);
  }

  private void add(Path jar) {
    JarManifest manifest = JarManifest.read(jar);
    try {
      LoadedPlugin plugin = open(jar, manifest);
      ready.put(plugin.id(), plugin);
      statuses.add(
          new PluginStatus(
              plugin.id(), plugin.version(), State.READY, jar, Optional.of(plugin.info()), ""));
    } catch (BrokenPluginException e) {
      archives.ifPresent(opened -> opened.closeJar(jar));
      String id = manifest.id().isEmpty() ? jar.getFileName().toString() : manifest.id();
      statuses.add(
          new PluginStatus(
              id, manifest.version(), State.BROKEN, jar, Optional.empty(), e.getMessage()));
    }
  }

  private LoadedPlugin open(Path jar, JarManifest manifest) throws BrokenPluginException {
    if (manifest.defect().isPresent()) {
      throw new BrokenPluginException(manifest.defect().get());
    }
    LoadedPlugin namesake = ready.get(manifest.id());
    if (namesake != null) {
      throw new BrokenPluginException(
          "has the id '%s' of %s: remove one of the two".formatted(manifest.id(), namesake.jar()));
    }
    ClassLoader loader = archives.orElseThrow().openJar(jar);
    FactoryDiscovery.Found found = new FactoryDiscovery(manifest.id(), loader).find();
    return new LoadedPlugin(manifest.version(), jar, found, new PluginCalls(manifest.id(), loader));
  }
}
