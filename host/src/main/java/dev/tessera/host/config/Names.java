package dev.tessera.host.config;

import dev.tessera.api.EventKind;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How Java names are written in YAML, and which known name a mistyped one is nearest to. */
final class Names {

  private Names() {}

  /** {@code maxIterations} as {@code max-iterations}. */
  static String kebab(String component) {
    return component.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** {@code QUANTILE_UNIFORM} as {@code quantile-uniform}; a kind of event as its table's name. */
  static String of(Enum<?> constant) {
    return constant instanceof EventKind kind
        ? kind.tableName()
        : constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** The known name with the fewest edits, if they are few enough to be a slip. */
  static Optional<String> nearest(String wanted, Collection<String> known) {
    int most = Math.max(1, Math.min(wanted.length() / 2, 3));
    return known.stream()
        .min(Comparator.comparingInt(name -> edits(wanted, name)))
        .filter(name -> edits(wanted, name) <= most);
  }

  /** {@code , nearest is 'factors'}, or the list of all where none is near. */
  static String hint(String wanted, Collection<String> known) {
    return nearest(wanted, known)
        .map(name -> ", nearest is '" + name + "'")
        .orElse(known.isEmpty() ? ", there are none" : ", there are " + String.join(", ", known));
  }

  /**
   * How many letters must be replaced, put in, left out or swapped with their neighbour, upper and
   * lower case alike (optimal string alignment).
   */
  static int edits(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int oneLess = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
        edits[i][j] = Math.min(edits[i - 1][j - 1] + (same ? 0 : 1), oneLess);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
