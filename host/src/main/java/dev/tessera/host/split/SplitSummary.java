package dev.tessera.host.split;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tessera.host.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a log was split: the content of {@code target/split.json}, written when all else is done.
 *
 * @param days the length of each target window
 * @param end the last instant that counts (UTC)
 * @param trainTargetStart the first instant that is no input
 * @param validationTargetStart the first instant of the validation target
 * @param rows of each table, by part
 * @param unknownProducts purchases in the targets whose product has no properties
 * @param made files of labels and clients that the split made, by name in {@code target/}
 * @param kept those that were there already, and not by an earlier split of this program
 */
public record SplitSummary(
    int days,
    String end,
    String trainTargetStart,
    String validationTargetStart,
    Map<String, Rows> rows,
    long unknownProducts,
    List<String> made,
    List<String> kept) {

  /** The name of the file. */
  static final String FILE = "split.json";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /** Copies map and lists. */
  public SplitSummary {
    rows = Map.copyOf(rows);
    made = List.copyOf(made);
    kept = List.copyOf(kept);
  }

  /**
   * Rows of one table by part.
   *
   * @param input before the train target
   * @param train in the train target's window
   * @param validation in the validation target's window
   * @param afterEnd later than the end
   */
  public record Rows(long input, long train, long validation, long afterEnd) {}

  /** The summary in a target folder, if there is a whole one. */
  public static Optional<SplitSummary> read(Path targetFolder) {
    Path file = targetFolder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(
        JsonFile.read(
            JSON,
            file,
            SplitSummary.class,
            "the description of a split",
            "remove the file and run 'tessera data split' again"));
  }

  void write(Path targetFolder) {
    Path file = targetFolder.resolve(FILE);
    try {
      JSON.writeValue(file.toFile(), this);
    } catch (IOException e) {
      throw LogSplit.unwritable(file, e);
    }
  }

  /** An instant in words, UTC. */
  public static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
