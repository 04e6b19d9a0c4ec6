package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

  private static final BatchOptions OPTIONS = new BatchOptions(16, 400);

  private final int[] lengths = new int[1000];

  BatchPlanTest() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 3 + random.nextInt(1 + random.nextInt(60));
    }
  }

  private BatchPlan plan(long seed) {
    int[] clients = IntStream.range(0, lengths.length).toArray();
    return BatchPlan.shuffled(clients, i -> lengths[i], OPTIONS, new SplittableRandom(seed));
  }

  private static List<Integer> order(BatchPlan plan) {
    List<Integer> order = new ArrayList<>();
    for (int batch = 0; batch < plan.size(); batch++) {
      for (int client : plan.clients(batch)) {
        order.add(client);
      }
    }
    return order;
  }

  @Test
  void hasEveryClientOnce() {
    assertThat(order(plan(1))).hasSize(1000).doesNotHaveDuplicates();
    assertThat(plan(1).tokens()).isEqualTo(IntStream.of(lengths).sum());
  }

  @Test
  void keepsTheBoundsAndPadsLittle() {
    BatchPlan plan = plan(1);
    for (int batch = 0; batch < plan.size(); batch++) {
      int[] clients = plan.clients(batch);
      int width = IntStream.of(clients).map(i -> lengths[i]).max().orElseThrow();
      int tokens = IntStream.of(clients).map(i -> lengths[i]).sum();
      assertThat(clients.length).isBetween(1, OPTIONS.maxSequences());
      assertThat(clients.length * width).isLessThanOrEqualTo(OPTIONS.maxTokens());
      assertThat((clients.length * width - tokens) * 16)
          .isLessThanOrEqualTo(clients.length * width);
    }
  }

  @Test
  void isFixedByTheSeed() {
    assertThat(order(plan(1))).isEqualTo(order(plan(1))).isNotEqualTo(order(plan(2)));
  }

  @Test
  void givesASequenceThatIsTooLongABatchOfItsOwn() {
    BatchPlan plan = BatchPlan.ordered(new int[] {0, 1}, i -> 500, OPTIONS);
    assertThat(plan.size()).isEqualTo(2);
  }
}
