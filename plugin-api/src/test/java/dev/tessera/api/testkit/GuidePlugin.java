package dev.tessera.api.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The plugin {@code counts} of docs/PLUGINS.md, compiled from the text as it stands there. */
public final class GuidePlugin {

  private static final String FACTORY = "example.CountsFactory";
  private static final String BEGIN = "```java\n";
  private static final String END = "```";

  private GuidePlugin() {}

  /** Its source: the first Java text of the page. */
  public static String source() throws IOException {
    // tests run in the folder of their module
    String page = Files.readString(Path.of("..", "docs", "PLUGINS.md"));
    int start = page.indexOf(BEGIN) + BEGIN.length();
    return page.substring(start, page.indexOf(END, start));
  }

  /** Its jar, to be written, or changed first. */
  public static PluginJarBuilder jar() throws IOException {
    return new PluginJarBuilder("counts").source(FACTORY, source()).factory(FACTORY);
  }
}
