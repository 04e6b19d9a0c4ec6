package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlsPluginFactoryTest {

  @Test
  void aJavaWithoutTheVectorModuleIsToldSoInOneLine() throws Exception {
    Process java =
        ChildJvm.of(List.of(), WithoutVectors.class)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(java.getInputStream().readAllBytes());
    assertThat(java.waitFor()).isZero();
    assertThat(out.lines())
        .containsExactly(
            "estimated",
            "UNAVAILABLE: wanted the module jdk.incubator.vector, which this Java was started"
                + " without; start Tessera with ./tessera, or add --add-modules"
                + " jdk.incubator.vector to the JVM");
  }

  /** What the host does with a step, in a Java of its own. */
  static final class WithoutVectors {

    private WithoutVectors() {}

    /** Asks for the memory, then for a stage. */
    public static void main(String[] arguments) {
      AlsPluginFactory factory = new AlsPluginFactory();
      AlsConfig config = AlsConfigs.solving(Solver.CHOLESKY, 8, 1);
      try (TestContext context = new TestContext();
          BuiltLog built = TinyEvents.log(context.allocator(), 1, 20)) {
        if (factory.memoryBytes(config, built.log()) > 0) {
          System.out.println("estimated");
        }
        factory.create(config, context);
      } catch (PluginException e) {
        System.out.println(e.code() + ": " + e.getMessage());
      }
    }
  }
}
