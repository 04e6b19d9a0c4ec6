package dev.tessera.host.evaluate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.tessera.host.files.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run's embeddings side by side: the content of {@code comparison.json} in the run's folder.
 *
 * @param probe which probe was used
 * @param data the data folder
 * @param keys of the steps compared, by name: another key means that the step has been run anew
 * @param entries the best sum first
 * @param contributions what each input of each merge adds, the most useful first
 * @param notes what could not be compared, a line each
 */
public record Comparison(
    ProbeKind probe,
    String data,
    Map<String, String> keys,
    List<Entry> entries,
    List<Contribution> contributions,
    List<String> notes) {

  /** Sorts. */
  public Comparison {
    keys = Map.copyOf(keys);
    entries =
        entries.stream()
            .sorted(Comparator.comparingDouble((Entry entry) -> -entry.result().sum()))
            .toList();
    contributions =
        contributions.stream()
            .sorted(Comparator.comparingDouble((Contribution c) -> -c.gain()))
            .toList();
    notes = List.copyOf(notes);
  }

  /** What an entry is. */
  public enum Kind {
    /** One model's embedding. */
    EMBEDDING,
    /** A merge of several. */
    MERGE,
    /** A merge without one of its inputs. */
    MERGE_WITHOUT,
    /** Aggregated counts. */
    BASELINE
  }

  /** One embedding and how good it is. */
  public record Entry(Kind kind, EvaluationResult result) {}

  /**
   * What an input adds to a merge.
   *
   * @param merge the merge's step
   * @param input the input's step
   * @param gain the merge's sum less that without the input
   * @param interval 95 % of bootstrap samples of the gain, the same clients for both
   */
  public record Contribution(String merge, String input, double gain, Optional<Interval> interval) {

    /** Whether the merge is no worse without it. */
    public boolean doesNotPay() {
      return gain <= 0;
    }

    /** Whether the gain's sign may be chance. */
    public boolean isUncertain() {
      return interval.map(i -> i.low() <= 0 && i.high() >= 0).orElse(true);
    }
  }

  private static final String FILE = "comparison.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** The entries of a kind, the best first. */
  public List<Entry> entries(Kind kind) {
    return entries.stream().filter(entry -> entry.kind() == kind).toList();
  }

  /** Writes the file into a run's folder; it appears whole. */
  public void write(Path run) {
    JsonFile.write(JSON, run.resolve(FILE), this);
  }

  /** The comparison in a run's folder, if there is one. */
  public static Optional<Comparison> read(Path run) {
    Path file = run.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(
        JsonFile.read(
            JSON, file, Comparison.class, "a comparison", "'tessera compare' makes it again"));
  }
}
