package dev.tessera.host.cli;

import dev.tessera.api.ApiVersion;
import picocli.CommandLine.IVersionProvider;

/** The versions of the host, of the plugin API, and of the JVM. */
final class Version implements IVersionProvider {

  /** The host's version, from its jar's manifest. */
  static String host() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "tessera " + host(),
      "plugin API " + ApiVersion.CURRENT,
      "Java " + System.getProperty("java.version") + ", " + System.getProperty("java.vendor")
    };
  }
}
