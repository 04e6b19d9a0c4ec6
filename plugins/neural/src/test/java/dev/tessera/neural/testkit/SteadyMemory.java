package dev.tessera.neural.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Learner;
import dev.tessera.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Trains, and sees what stays in memory. */
public final class SteadyMemory {

  private static final Path STATUS = Path.of("/proc/self/status");

  /** Batches by which all that is kept from batch to batch has reached its size. */
  private static final int FIRST = 100;

  private static final int BATCHES = 300;

  private SteadyMemory() {}

  /**
   * Fails if arrays, or more than some memory, stay behind over 300 batches.
   *
   * @param manager of the stage
   * @param mostKilobytes by how much resident memory may grow: well below what the arrays of 300
   *     batches would take if they were kept
   */
  public static void checkTraining(
      Learner learner,
      BatchSource batches,
      NDManager manager,
      PluginContext context,
      long mostKilobytes)
      throws IOException {
    Assumptions.assumeTrue(
        Files.exists(STATUS), "resident memory is read from /proc, which is not here");
    TrainingSteps steps = new TrainingSteps(learner, manager, context, Precision.FLOAT32);
    long before = 0;
    int arraysBefore = 0;
    for (int done = 0; done < FIRST + BATCHES; ) {
      BatchSource.Epoch epoch = batches.epoch(done);
      for (int index = 0; index < epoch.size() && done < FIRST + BATCHES; index++, done++) {
        if (done == FIRST) {
          before = residentKilobytes();
          arraysBefore = manager.getManagedArrays().size();
        }
        steps.learn(epoch.batch(index), done);
      }
    }
    assertThat(manager.getManagedArrays()).hasSize(arraysBefore);
    assertThat(residentKilobytes() - before).isLessThan(mostKilobytes);
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
