package dev.tessera.neural.testkit;

import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** Fits a model in a JVM whose heap is too small for its weights, and hands on what it says. */
public final class LittleMemory {

  private static final String MARK = "said: ";

  private LittleMemory() {}

  /**
   * What the model said in a JVM with a heap of 64 MB.
   *
   * @param main calls {@link #fit}
   * @return the code and the message
   */
  public static String says(Class<?> main) throws IOException, InterruptedException {
    Process process =
        ChildJvm.of(List.of("-Xmx64m", "--add-modules=jdk.incubator.vector"), main)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output
        .lines()
        .filter(line -> line.startsWith(MARK))
        .map(line -> line.substring(MARK.length()))
        .findFirst()
        .orElse("nothing, but printed: " + output);
  }

  /** Fits a model to a small log and prints what fails. */
  public static void fit(Function<PluginContext, EmbeddingModel> untrained) {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        EmbeddingModel model = untrained.apply(context)) {
      model.fit(built.log());
      System.out.println("fitted");
    } catch (PluginException e) {
      System.out.println(MARK + e.code() + " " + e.getMessage());
    }
  }
}
