package dev.tessera.host.report;

import dev.tessera.api.EventKind;
import dev.tessera.host.evaluate.EmbeddingMatrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A client, and those whose vectors point in the most similar direction: do they buy alike?
 *
 * @param client who
 * @param neighbours the nearest first
 */
public record Neighbours(Person client, List<Person> neighbours) {

  private static final int EXAMPLES = 3;
  private static final int NEAREST = 5;
  private static final int CATEGORIES = 6;

  /**
   * One client.
   *
   * @param id original
   * @param similarity cosine to the example; 1 for itself
   * @param buys purchases
   * @param events of all kinds
   * @param categories bought, as {@code id × times}
   */
  public record Person(long id, double similarity, int buys, int events, List<String> categories) {}

  /** Three clients with many, some and few purchases, each with its five nearest. */
  static List<Neighbours> of(EmbeddingMatrix matrix, ClientHistory history) {
    List<Integer> buyers =
        IntStream.range(0, matrix.rows())
            .filter(row -> history.count(EventKind.PRODUCT_BUY, row) >= 3)
            .boxed()
            .sorted(
                Comparator.comparingInt(
                    (Integer row) -> -history.count(EventKind.PRODUCT_BUY, row)))
            .toList();
    List<Neighbours> all = new ArrayList<>();
    for (int example = 0; example < Math.min(EXAMPLES, buyers.size()); example++) {
      int row = buyers.get((2 * example + 1) * (buyers.size() - 1) / (2 * EXAMPLES));
      all.add(of(matrix, history, row));
    }
    return all;
  }

  private static Neighbours of(EmbeddingMatrix matrix, ClientHistory history, int row) {
    float[] own = values(matrix, row);
    double[] cosines =
        IntStream.range(0, matrix.rows())
            .parallel()
            .mapToDouble(other -> cosine(own, values(matrix, other)))
            .toArray();
    List<Person> nearest =
        IntStream.range(0, cosines.length)
            .filter(other -> other != row)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer other) -> -cosines[other]))
            .limit(NEAREST)
            .map(other -> person(matrix, history, other, cosines[other]))
            .toList();
    return new Neighbours(person(matrix, history, row, 1), nearest);
  }

  private static Person person(
      EmbeddingMatrix matrix, ClientHistory history, int row, double similarity) {
    return new Person(
        matrix.clients()[row],
        similarity,
        history.count(EventKind.PRODUCT_BUY, row),
        history.events(row),
        history.categories(row).stream()
            .limit(CATEGORIES)
            .map(entry -> label(entry))
            .collect(Collectors.toList()));
  }

  private static String label(Map.Entry<Long, Integer> entry) {
    return entry.getKey() + (entry.getValue() > 1 ? " × " + entry.getValue() : "");
  }

  private static float[] values(EmbeddingMatrix matrix, int row) {
    float[] values = new float[matrix.dimension()];
    matrix.read(row, values, 0);
    return values;
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    return squaresA > 0 && squaresB > 0 ? product / Math.sqrt(squaresA * squaresB) : 0;
  }
}
