package dev.tessera.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.tessera.host.evaluate.EvaluationResult;
import dev.tessera.host.evaluate.Interval;
import dev.tessera.host.evaluate.TaskResult;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** Evaluations as people and programs read them. */
final class EvaluationText {

  private static final String NONE = "-";

  private EvaluationText() {}

  /** One embedding's table. */
  static void print(EvaluationResult result, PrintWriter out) {
    out.printf(
        "%s: %,d clients × %,d columns; probe: %s, %s; %.1f s%n",
        result.embedding(),
        result.clients(),
        result.dimension(),
        result.probe().words(),
        result.seeds() == 1 ? "1 run" : result.seeds() + " seeds",
        result.seconds());
    TextTable table =
        new TextTable(
            "task",
            "score",
            "± sd",
            "95 % interval",
            "AUROC",
            "of labels with both classes",
            "novelty",
            "diversity",
            "labels",
            "clients");
    for (TaskResult task : result.tasks()) {
      if (task.isScored()) {
        table.row(row(task));
      } else {
        table.row(task.task(), "n/a", NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
      }
    }
    table.row(
        "sum",
        number(result.sum()),
        number(result.sumDeviation()),
        interval(result.sumInterval()),
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        NONE);
    table.print(out);
    for (TaskResult task : result.tasks()) {
      task.whyNot().ifPresent(why -> out.printf("n/a: %s: %s%n", task.task(), why));
      if (task.isScored() && task.labelsOfBothClasses() < task.labels()) {
        out.printf(
            "note: %s: %d of %d labels were bought by nobody (or by all) in the validation target; they count 0 in score and AUROC, as in the challenge%n",
            task.task(), task.labels() - task.labelsOfBothClasses(), task.labels());
      }
    }
    out.println();
    out.flush();
  }

  private static String[] row(TaskResult task) {
    return new String[] {
      task.task(),
      number(task.score()),
      number(task.deviation()),
      interval(task.interval()),
      number(task.auroc()),
      number(task.aurocOfBothClasses()),
      task.novelty().map(EvaluationText::number).orElse(NONE),
      task.diversity().map(EvaluationText::number).orElse(NONE),
      "%d/%d".formatted(task.labelsOfBothClasses(), task.labels()),
      "%,d".formatted(task.clients())
    };
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  static String interval(Optional<Interval> interval) {
    return interval.map(i -> number(i.low()) + " … " + number(i.high())).orElse("n/a");
  }

  /** Anything as JSON. */
  static void printJson(Object value, PrintWriter out) {
    try {
      out.println(
          JsonMapper.builder()
              .addModule(new Jdk8Module())
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    out.flush();
  }
}
