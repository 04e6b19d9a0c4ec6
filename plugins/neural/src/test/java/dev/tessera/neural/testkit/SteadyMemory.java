package dev.tessera.neural.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Learner;
import dev.tessera.torch.Precision;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** Trains, and sees what stays in memory. */
public final class SteadyMemory {

  /** Batches by which all that is kept from batch to batch has reached its size. */
  private static final int FIRST = 100;

  private static final int BATCHES = 300;

  private SteadyMemory() {}

  /**
   * Fails if arrays, or more than some memory, stay behind over 300 batches.
   *
   * @param manager of the stage
   * @param mostBytes by how much memory in use may grow: well below what the arrays of 300 batches
   *     would take if they were kept
   */
  public static void checkTraining(
      Learner learner,
      BatchSource batches,
      NDManager manager,
      PluginContext context,
      long mostBytes)
      throws IOException {
    Assumptions.assumeTrue(
        NativeHeap.isReadable(), "the C library here does not tell the memory in use");
    TrainingSteps steps = new TrainingSteps(learner, manager, context, Precision.FLOAT32);
    long before = 0;
    int arraysBefore = 0;
    for (int done = 0; done < FIRST + BATCHES; ) {
      BatchSource.Epoch epoch = batches.epoch(done);
      for (int index = 0; index < epoch.size() && done < FIRST + BATCHES; index++, done++) {
        if (done == FIRST) {
          before = NativeHeap.bytesInUse();
          arraysBefore = manager.getManagedArrays().size();
        }
        steps.learn(epoch.batch(index), done);
      }
    }
    assertThat(manager.getManagedArrays()).hasSize(arraysBefore);
    assertThat(NativeHeap.bytesInUse() - before).isLessThan(mostBytes);
  }
}
