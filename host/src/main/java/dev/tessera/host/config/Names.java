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
    return component
        .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .replace('_', '-')
        .toLowerCase(Locale.ROOT);
  }

  /** {@code QUANTILE_UNIFORM} as {@code quantile-uniform}; a kind of event as its table's name. */
  static String of(Enum<?> constant) {
    return constant instanceof EventKind kind ? kind.tableName() : kebab(constant.name());
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

  /** The Levenshtein distance, upper and lower case alike. */
  static int edits(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
