package dev.tessera.host.plugin;

import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * The class loader of one plugin jar: shared packages from the host, the rest from the jar first.
 */
final class IsolatedLoader extends PluginClassLoader {

  IsolatedLoader(PluginManager archives, PluginDescriptor descriptor, ClassLoader shared) {
    super(archives, descriptor, shared, ClassLoadingStrategy.PDA);
  }

  @Override
  protected boolean shouldDelegateToParent(String className) {
    return SharedPackages.containClass(className);
  }
}
