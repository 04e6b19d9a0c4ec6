package dev.tessera.host.plugin;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;

/**
 * What a plugin sees of the host: the JDK, the classes of {@link SharedPackages}, and resources. A
 * class that only the host's own libraries have is not found, so that a plugin which forgot to
 * bundle a library fails at once rather than with the host's next upgrade.
 */
final class SharedLibraries extends ClassLoader {

  private final ClassLoader host;

  SharedLibraries(ClassLoader host) {
    super("tessera shared libraries", ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return SharedPackages.containClass(name)
        ? host.loadClass(name)
        : super.loadClass(name, resolve);
  }

  @Override
  public URL getResource(String name) {
    return SharedPackages.showResource(name) ? host.getResource(name) : null;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return SharedPackages.showResource(name)
        ? host.getResources(name)
        : Collections.emptyEnumeration();
  }
}
