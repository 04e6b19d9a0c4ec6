package dev.tessera.host.cli;

import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.evaluate.Comparison.Contribution;
import dev.tessera.host.evaluate.Comparison.Entry;
import dev.tessera.host.evaluate.EvaluationResult;
import dev.tessera.host.evaluate.TaskResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A comparison as people read it. */
final class ComparisonText {

  private ComparisonText() {}

  static void print(Comparison comparison, PrintWriter out) {
    List<TaskResult> tasks = comparison.entries().get(0).result().tasks();
    List<String> header =
        new ArrayList<>(List.of("", "embedding", "columns", "sum", "95 % interval"));
    tasks.forEach(task -> header.add(task.task().replace("propensity_", "")));
    TextTable table = new TextTable(header.toArray(String[]::new));
    int rank = 1;
    for (Entry entry : comparison.entries()) {
      EvaluationResult result = entry.result();
      List<String> row =
          new ArrayList<>(
              List.of(
                  "%d".formatted(rank++),
                  result.embedding(),
                  "%,d".formatted(result.dimension()),
                  EvaluationText.number(result.sum()),
                  EvaluationText.interval(result.sumInterval())));
      for (TaskResult task : result.tasks()) {
        row.add(task.isScored() ? EvaluationText.number(task.score()) : "n/a");
      }
      table.row(row.toArray(String[]::new));
    }
    table.print(out);
    out.println();
    for (Contribution contribution : comparison.contributions()) {
      out.printf(
          "%s: %s adds %s to the sum (95 %% interval %s): %s%n",
          contribution.merge(),
          contribution.input(),
          EvaluationText.number(contribution.gain()),
          EvaluationText.interval(contribution.interval()),
          verdict(contribution));
    }
    comparison.notes().forEach(note -> out.println("note: " + note));
    for (TaskResult task : tasks) {
      task.whyNot().ifPresent(why -> out.printf("n/a: %s: %s%n", task.task(), why));
    }
    out.printf("probe: %s%n", comparison.probe().words());
    out.flush();
  }

  private static String verdict(Contribution contribution) {
    String verdict = contribution.doesNotPay() ? "does not pay" : "pays";
    return contribution.isUncertain() ? verdict + " (may be chance)" : verdict;
  }
}
