package dev.tessera.api.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources and packs them as a plugin jar, right or wrong in any way a test wants. */
public final class PluginJarBuilder {

  /** The service file that names the factory. */
  public static final String SERVICE_FILE = "META-INF/services/dev.tessera.api.ModelPluginFactory";

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  /** Kept open, for it indexes the whole class path: that is most of the time of a compilation. */
  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, null, null);

  private final Map<String, String> manifest = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, byte[]> entries = new TreeMap<>();
  private final List<String> left = new ArrayList<>();

  /** A jar with the manifest of a right plugin. */
  public PluginJarBuilder(String id) {
    manifest.put("Plugin-Id", id);
    manifest.put("Plugin-Version", "1.2.3");
    manifest.put("Plugin-Requires", ">=0.1.0 & <0.2.0");
  }

  /** Sets a manifest entry; empty leaves it out. */
  public PluginJarBuilder manifest(String name, String value) {
    if (value.isEmpty()) {
      manifest.remove(name);
    } else {
      manifest.put(name, value);
    }
    return this;
  }

  /** Adds a source file by the full name of its class. */
  public PluginJarBuilder source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** Adds a file. */
  public PluginJarBuilder entry(String name, String text) {
    entries.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Names the factory (or several, one a line). */
  public PluginJarBuilder factory(String classNames) {
    return entry(SERVICE_FILE, classNames + "\n");
  }

  /** Compiles a class but leaves it out of the jar. */
  public PluginJarBuilder without(String className) {
    left.add(className.replace('.', '/') + ".class");
    return this;
  }

  /** Compiles and packs. */
  public Path write(Path jar) {
    try {
      Map<String, byte[]> all = new TreeMap<>(entries);
      all.putAll(compiled());
      left.forEach(all::remove);
      Manifest packed = new Manifest();
      packed.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.forEach(packed.getMainAttributes()::putValue);
      Files.createDirectories(jar.toAbsolutePath().getParent());
      try (OutputStream file = Files.newOutputStream(jar);
          JarOutputStream out = new JarOutputStream(file, packed)) {
        for (Map.Entry<String, byte[]> entry : all.entrySet()) {
          out.putNextEntry(new JarEntry(entry.getKey()));
          out.write(entry.getValue());
          out.closeEntry();
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, byte[]> compiled() throws IOException {
    if (sources.isEmpty()) {
      return Map.of();
    }
    Path work = Files.createTempDirectory("plugin-sources");
    Path classes = Files.createDirectory(work.resolve("classes"));
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, source.getValue()));
    }
    compile(files, classes);
    Map<String, byte[]> found = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(classes)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        found.put(classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    try (Stream<Path> walk = Files.walk(work)) {
      walk.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
    return found;
  }

  private static void compile(List<Path> files, Path classes) {
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-parameters",
            "-classpath",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString());
    boolean done =
        COMPILER
            .getTask(messages, FILES, null, options, null, FILES.getJavaFileObjectsFromPaths(files))
            .call();
    if (!done) {
      throw new IllegalStateException("does not compile:\n" + messages);
    }
  }
}
