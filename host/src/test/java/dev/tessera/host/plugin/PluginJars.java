package dev.tessera.host.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles plugin sources and packs them into jars, good and bad ones. */
final class PluginJars {

  private PluginJars() {}

  /** A manifest's entries. */
  static Map<String, String> manifest(String id, String requires) {
    return Map.of("Plugin-Id", id, "Plugin-Version", "1.0.0", "Plugin-Requires", requires);
  }

  /** Compiles one class into a folder below {@code work}. */
  static Path compile(Path work, String className, String source) throws IOException {
    Path sources = Files.createDirectories(work.resolve("src"));
    Path classes = Files.createDirectories(work.resolve("classes"));
    Path file = sources.resolve(className.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int code =
        compiler.run(
            null,
            null,
            null,
            "-cp",
            System.getProperty("java.class.path"),
            "-proc:none",
            "-d",
            classes.toString(),
            file.toString());
    if (code != 0) {
      throw new IllegalStateException("the compiler refused " + className);
    }
    return classes;
  }

  /** Packs a folder of classes, with a manifest and the lines of the service file. */
  static void pack(Path jar, Path classes, Map<String, String> entries, List<String> providers)
      throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    entries.forEach(manifest.getMainAttributes()::putValue);
    Files.createDirectories(jar.getParent());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> found = Files.walk(classes)) {
      for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
      }
      if (!providers.isEmpty()) {
        out.putNextEntry(new JarEntry("META-INF/services/dev.tessera.api.ModelPluginFactory"));
        out.write(String.join("\n", providers).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }
}
