package dev.tessera.host.plugin;

import dev.tessera.api.ApiVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginLoader;
import org.pf4j.PluginState;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;

/**
 * PF4J as far as it is used here: it lists the jars of folders, checks the version of the API, and
 * keeps one class loader per jar. Its plugin classes and extensions are left alone.
 */
final class PluginArchives extends JarPluginManager {

  private final Map<Path, IsolatedLoader> loaders = new HashMap<>();
  private final SharedLibraries shared = new SharedLibraries(PluginArchives.class.getClassLoader());

  /**
   * @param folders at least one (PF4J would take a folder of its own choice)
   */
  PluginArchives(List<Path> folders) {
    super(folders.toArray(Path[]::new));
    setSystemVersion(ApiVersion.CURRENT);
  }

  /** The jars, in order of folder, then name. */
  List<Path> jars() {
    List<Path> jars = new ArrayList<>(pluginRepository.getPluginPaths());
    jars.sort(
        Comparator.comparingInt((Path jar) -> pluginsRoots.indexOf(jar.getParent()))
            .thenComparing(jar -> jar.getFileName().toString()));
    return jars;
  }

  /** A class loader for a jar whose manifest was checked. */
  IsolatedLoader openJar(Path jar) throws BrokenPluginException {
    PluginWrapper plugin;
    try {
      plugin = getPlugin(loadPlugin(jar));
    } catch (RuntimeException e) {
      throw new BrokenPluginException("cannot be loaded: " + FailureText.of(e));
    }
    if (plugin.getPluginState() == PluginState.DISABLED) {
      throw new BrokenPluginException(
          "needs plugin API %s, this is %s: use a build of the plugin for this version"
              .formatted(plugin.getDescriptor().getRequires(), ApiVersion.CURRENT));
    }
    return loaders.get(jar);
  }

  /** Forgets a jar and closes its class loader, if it got as far as having one. */
  void closeJar(Path jar) {
    for (PluginWrapper plugin : List.copyOf(getPlugins())) {
      if (plugin.getPluginPath().equals(jar)) {
        unloadPlugin(plugin.getPluginId());
      }
    }
    IsolatedLoader loader = loaders.remove(jar);
    if (loader != null) {
      try {
        loader.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException("cannot close " + jar, e);
      }
    }
  }

  /** Closes all class loaders. */
  void closeAll() {
    for (Path jar : List.copyOf(loaders.keySet())) {
      closeJar(jar);
    }
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new JarPluginLoader(this) {
      @Override
      protected PluginClassLoader createPluginClassLoader(Path jar, PluginDescriptor descriptor) {
        IsolatedLoader loader = new IsolatedLoader(pluginManager, descriptor, shared);
        loaders.put(jar, loader);
        return loader;
      }
    };
  }

  /** PF4J would read files that switch plugins off; here a jar is on or absent. */
  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new PluginStatusProvider() {
      @Override
      public boolean isPluginDisabled(String id) {
        return false;
      }

      @Override
      public void disablePlugin(String id) {
        throw new UnsupportedOperationException("plugins cannot be disabled");
      }

      @Override
      public void enablePlugin(String id) {
        throw new UnsupportedOperationException("plugins are always enabled");
      }
    };
  }
}
