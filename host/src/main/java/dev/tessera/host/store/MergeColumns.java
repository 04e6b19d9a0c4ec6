package dev.tessera.host.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which columns of a merge come from which of its inputs. The merge plugin lays its inputs side by
 * side and treats each by itself, so leaving one out and merging again gives the other columns as
 * they are; its columns are named {@code STEP_COLUMN}.
 */
public final class MergeColumns {

  private MergeColumns() {}

  /**
   * The columns that remain without each input that has any, in the inputs' order.
   *
   * @return empty if a column's input cannot be told from its name
   */
  public static Optional<Map<String, int[]>> without(
      List<String> inputs, List<String> columnNames) {
    List<String> owners = owners(inputs, columnNames);
    if (owners.isEmpty()) {
      return Optional.empty();
    }
    Map<String, int[]> remaining = new LinkedHashMap<>();
    for (String input : inputs) {
      int[] others = new int[owners.size()];
      int count = 0;
      for (int c = 0; c < others.length; c++) {
        if (!owners.get(c).equals(input)) {
          others[count++] = c;
        }
      }
      if (count < others.length && count > 0) {
        remaining.put(input, java.util.Arrays.copyOf(others, count));
      }
    }
    return Optional.of(remaining);
  }

  /**
   * The input of each column.
   *
   * @return empty if a column's input cannot be told from its name, or there are no names
   */
  public static List<String> owners(List<String> inputs, List<String> columnNames) {
    List<String> longestFirst = new ArrayList<>(inputs);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    List<String> owners = new ArrayList<>();
    for (String column : columnNames) {
      Optional<String> owner =
          longestFirst.stream().filter(input -> column.startsWith(input + "_")).findFirst();
      if (owner.isEmpty()) {
        return List.of();
      }
      owners.add(owner.get());
    }
    return owners;
  }
}
