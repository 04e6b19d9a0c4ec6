package dev.tessera.host.report;

import dev.tessera.host.evaluate.EmbeddingMatrix;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Clients on the plane in which their vectors differ most.
 *
 * @param embedding whose vectors
 * @param x places, about −1 to 1
 * @param y places, about −1 to 1
 * @param events how many each client had
 * @param category position in {@code categories} of what each bought most; −1 for a rarer one, −2
 *     for nothing bought
 * @param categories the most common favourites, original ids
 */
public record ClientMap(
    String embedding,
    List<Double> x,
    List<Double> y,
    List<Integer> events,
    List<Integer> category,
    List<Long> categories) {

  private static final int MOST_CLIENTS = 2_000;
  private static final int COLOURS = 8;
  private static final int RARE = -1;
  private static final int NOTHING = -2;
  private static final double DIGITS = 1e4;

  static ClientMap of(EmbeddingMatrix matrix, ClientHistory history) {
    int count = Math.min(MOST_CLIENTS, matrix.rows());
    int[] sample =
        IntStream.range(0, count).map(i -> (int) ((long) i * matrix.rows() / count)).toArray();
    double[][] places = new PrincipalPlane(matrix, sample).places();
    double most =
        java.util.Arrays.stream(places)
            .mapToDouble(place -> Math.max(Math.abs(place[0]), Math.abs(place[1])))
            .max()
            .orElse(1);
    double scale = most > 0 ? 1 / most : 1;
    Map<Long, Integer> favourites = new HashMap<>();
    for (int row : sample) {
      history.favourite(row).ifPresent(id -> favourites.merge(id, 1, Integer::sum));
    }
    List<Long> common =
        favourites.entrySet().stream()
            .sorted(Comparator.comparingInt((Map.Entry<Long, Integer> e) -> -e.getValue()))
            .limit(COLOURS)
            .map(Map.Entry::getKey)
            .toList();
    return new ClientMap(
        matrix.name(),
        column(places, 0, scale),
        column(places, 1, scale),
        IntStream.of(sample).mapToObj(history::events).toList(),
        IntStream.of(sample)
            .mapToObj(
                row ->
                    history
                        .favourite(row)
                        .map(id -> common.contains(id) ? common.indexOf(id) : RARE)
                        .orElse(NOTHING))
            .toList(),
        common);
  }

  private static List<Double> column(double[][] places, int axis, double scale) {
    return java.util.Arrays.stream(places)
        .map(place -> Math.round(place[axis] * scale * DIGITS) / DIGITS)
        .toList();
  }
}
