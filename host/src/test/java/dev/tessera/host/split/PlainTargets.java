package dev.tessera.host.split;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The organisers' targets worked out row by row from the files of a folder: an oracle. */
public final class PlainTargets {

  /** One purchase; category and price are -1 where the product has no properties. */
  public record Purchase(long client, long micros, long sku, long category, long price) {}

  public record Labels(List<Long> ids, List<Double> popularity) {}

  public final List<Purchase> purchases = new ArrayList<>();
  public final ChallengeSplit split;

  public PlainTargets(Path folder) {
    ReadTable products = ReadTable.read(folder.resolve("product_properties.parquet"));
    Map<Long, Integer> rowOfSku = new HashMap<>();
    long[] skus = products.longs("sku");
    for (int row = 0; row < skus.length; row++) {
      rowOfSku.put(skus[row], row);
    }
    long[] categories = products.longs("category");
    long[] prices = products.longs("price");
    ReadTable table = ReadTable.read(folder.resolve("product_buy.parquet"));
    long[] clients = table.longs("client_id");
    long[] micros = table.micros("timestamp");
    long[] bought = table.longs("sku");
    for (int i = 0; i < clients.length; i++) {
      Integer row = rowOfSku.get(bought[i]);
      long category = row == null ? -1 : categories[row];
      long price = row == null ? -1 : prices[row];
      purchases.add(new Purchase(clients[i], micros[i], bought[i], category, price));
    }
    split =
        ChallengeSplit.ofLastPurchase(
            purchases.stream().mapToLong(Purchase::micros).max().orElseThrow());
  }

  /** The purchases of a window. */
  public List<Purchase> window(ChallengeSplit.Part part) {
    return purchases.stream().filter(purchase -> split.part(purchase.micros()) == part).toList();
  }

  private List<Purchase> train() {
    return window(ChallengeSplit.Part.TRAIN_TARGET);
  }

  public Labels categories() {
    List<Long> ids = ranked(known(train().stream().map(Purchase::category)));
    return labels(first(ids), purchases.stream().map(Purchase::category).toList());
  }

  public Labels prices() {
    List<Long> ids = ranked(known(train().stream().map(Purchase::price)));
    return labels(first(ids), purchases.stream().map(Purchase::price).toList());
  }

  public Labels skus() {
    List<Long> ids = ranked(train().stream().map(Purchase::sku).toList());
    return labels(first(ids), purchases.stream().map(Purchase::sku).toList());
  }

  public Labels newSkus() {
    Set<Long> old = new HashSet<>();
    for (Purchase purchase : purchases) {
      if (purchase.micros() < split.trainTargetStart()) {
        old.add(purchase.sku());
      }
    }
    List<Long> ids = ranked(train().stream().map(Purchase::sku).toList());
    List<Long> chosen = first(ids.stream().filter(id -> !old.contains(id)).toList());
    return labels(chosen, purchases.stream().map(Purchase::sku).toList());
  }

  public Set<Long> activeClients(Set<Long> relevant) {
    Set<Long> active = new TreeSet<>();
    for (Purchase purchase : purchases) {
      if (purchase.micros() < split.trainTargetStart() && relevant.contains(purchase.client())) {
        active.add(purchase.client());
      }
    }
    return active;
  }

  private static List<Long> known(Stream<Long> values) {
    return values.filter(value -> value != -1).toList();
  }

  private static List<Long> first(List<Long> ids) {
    return ids.subList(0, Math.min(100, ids.size()));
  }

  /** Distinct values, the most frequent first, then the smaller. */
  private static List<Long> ranked(List<Long> values) {
    Map<Long, Integer> counts = new TreeMap<>();
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Labels labels(List<Long> ids, List<Long> all) {
    Map<Long, Integer> counts = new HashMap<>();
    all.forEach(value -> counts.merge(value, 1, Integer::sum));
    return new Labels(ids, ids.stream().map(id -> (double) counts.get(id) / all.size()).toList());
  }
}
