package dev.tessera.host.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.EventKind;
import dev.tessera.host.split.ChallengeSplit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a model can learn from a shop: measured on generated blocks, before they are files. */
class ShopSignalTest {

  private static final ShopPlan PLAN = ShopPreset.TINY.plan().withRelevantClients(6_000);
  private static final Catalogue CATALOGUE = new Catalogue(PLAN);
  private static final int CUT =
      new ShopCalendar(PLAN.days()).trainTargetDay() * ShopCalendar.DAY_SECONDS;

  private static EventBlock block;

  @BeforeAll
  static void generate() {
    assertThat(EventBlock.blocks(PLAN)).isEqualTo(1);
    block = EventBlock.generate(PLAN, CATALOGUE, 0);
  }

  @Test
  void laterPurchasesFallInTheCategoryOfEarlierVisits() {
    Map<Long, int[]> visited = new HashMap<>();
    int[] overall = new int[CATALOGUE.categories()];
    each(
        EventKind.PAGE_VISIT,
        (client, second, page) -> {
          if (second < CUT && page < CATALOGUE.products()) {
            int category = CATALOGUE.categoryOf((int) page);
            visited.computeIfAbsent(client, c -> new int[CATALOGUE.categories()])[category]++;
            overall[category]++;
          }
        });
    Share hits = new Share();
    Share chance = new Share();
    each(
        EventKind.PRODUCT_BUY,
        (client, second, product) -> {
          if (second >= CUT && visited.containsKey(client)) {
            int category = CATALOGUE.categoryOf((int) product);
            hits.add(category == favourite(visited.get(client)));
            chance.add(category == favourite(overall));
          }
        });
    assertThat(hits.share()).isGreaterThan(0.3).isGreaterThan(2.5 * chance.share());
  }

  @Test
  void priceOfLaterPurchasesFollowsThatOfEarlierOnes() {
    Map<Long, double[]> before = new HashMap<>();
    Map<Long, double[]> after = new HashMap<>();
    each(
        EventKind.PRODUCT_BUY,
        (client, second, product) -> {
          double[] sum =
              (second < CUT ? before : after).computeIfAbsent(client, c -> new double[2]);
          sum[0] += CATALOGUE.price((int) product);
          sum[1]++;
        });
    double[][] pairs =
        before.keySet().stream()
            .filter(after::containsKey)
            .map(client -> new double[] {mean(before.get(client)), mean(after.get(client))})
            .toArray(double[][]::new);
    assertThat(pairs.length).isGreaterThan(200);
    assertThat(correlation(pairs)).isGreaterThan(0.3);
  }

  @Test
  void recentBuyersAreMoreLikelyToBuyAgain() {
    Map<Long, Integer> last = new HashMap<>();
    Set<Long> again = new HashSet<>();
    each(
        EventKind.PAGE_VISIT,
        (client, second, page) -> {
          if (second < CUT) {
            last.merge(client, second, Math::max);
          }
        });
    Set<Long> active = new HashSet<>();
    each(
        EventKind.PRODUCT_BUY,
        (client, second, product) -> {
          if (second < CUT) {
            active.add(client);
          } else if (second < CUT + ChallengeSplit.TARGET_DAYS * ShopCalendar.DAY_SECONDS) {
            again.add(client);
          }
        });
    Share recent = new Share();
    Share longAgo = new Share();
    for (long client : active) {
      int quietDays = (CUT - last.getOrDefault(client, 0)) / ShopCalendar.DAY_SECONDS;
      (quietDays < 14 ? recent : longAgo).add(again.contains(client));
    }
    assertThat(recent.count()).isGreaterThan(200);
    assertThat(longAgo.count()).isGreaterThan(200);
    assertThat(recent.share()).isGreaterThan(3 * longAgo.share());
    assertThat((double) recent.hits() + longAgo.hits())
        .isGreaterThan(0.1 * (recent.count() + longAgo.count()));
  }

  @Test
  void interestsDrift() {
    Share same = new Share();
    Map<Long, int[]> first = favourites(0, 50 * ShopCalendar.DAY_SECONDS);
    Map<Long, int[]> middle = favourites(50 * ShopCalendar.DAY_SECONDS, CUT);
    first.forEach(
        (client, counts) -> {
          int[] later = middle.get(client);
          if (later != null && total(counts) > 20 && total(later) > 20) {
            same.add(favourite(counts) == favourite(later));
          }
        });
    assertThat(same.count()).isGreaterThan(300);
    assertThat(same.share()).isBetween(0.35, 0.85);
  }

  @Test
  void searchesAreForWhatTheClientVisits() {
    Map<Long, int[]> visited = favourites(0, Integer.MAX_VALUE);
    Share hits = new Share();
    each(
        EventKind.SEARCH_QUERY,
        (client, second, query) -> {
          int target = Query.target(query);
          int category = Query.isForProduct(query) ? CATALOGUE.categoryOf(target) : target;
          int[] counts = visited.get(client);
          hits.add(counts != null && favourite(counts) == category);
        });
    assertThat(hits.share()).isGreaterThan(0.35);
  }

  @Test
  void aProductIsVisitedBeforeItIsAddedAndAddedBeforeItIsBoughtOrRemoved() {
    Map<Long, Map<Long, Integer>> visits = new HashMap<>();
    each(
        EventKind.PAGE_VISIT,
        (client, second, page) -> {
          if (page < 2L * CATALOGUE.products()) {
            earliest(visits, client, page % CATALOGUE.products(), second);
          }
        });
    Map<Long, Map<Long, Integer>> adds = new HashMap<>();
    each(
        EventKind.ADD_TO_CART,
        (client, second, product) -> {
          assertThat(visits.get(client).get(product)).isLessThan(second);
          earliest(adds, client, product, second);
        });
    for (EventKind kind : new EventKind[] {EventKind.PRODUCT_BUY, EventKind.REMOVE_FROM_CART}) {
      each(
          kind,
          (client, second, product) ->
              assertThat(adds.get(client).get(product)).isLessThanOrEqualTo(second));
    }
  }

  @Test
  void activityAndPopularityHaveHeavyTails() {
    Map<Long, Integer> perClient = new HashMap<>();
    Map<Long, Integer> perPage = new HashMap<>();
    each(
        EventKind.PAGE_VISIT,
        (client, second, page) -> {
          perClient.merge(client, 1, Integer::sum);
          perPage.merge(page, 1, Integer::sum);
        });
    assertThat(shareOfTop(perClient, 0.01)).isGreaterThan(0.08);
    assertThat(shareOfTop(perPage, 0.01)).isGreaterThan(0.15);
  }

  /** The full plan at a fiftieth of its clients: the tails allow the rates a few percent. */
  @Test
  void theLargestPresetHasTheChallengesCounts() {
    ShopPlan full = ShopPreset.SYNERISE.plan();
    ShopPlan part = full.withRelevantClients(full.relevantClients() / 50);
    Catalogue catalogue = new Catalogue(part);
    Map<EventKind, Long> rows = new TreeMap<>();
    for (int number = 0; number < EventBlock.blocks(part); number++) {
      EventBlock made = EventBlock.generate(part, catalogue, number);
      for (EventKind kind : EventKind.values()) {
        rows.merge(kind, (long) made.table(kind).rows(), Long::sum);
      }
    }
    double allowed = 0.06;
    assertThat(rows.get(EventKind.PRODUCT_BUY) * 50 / 1_682_296.0).isCloseTo(1, within(allowed));
    assertThat(rows.get(EventKind.ADD_TO_CART) * 50 / 5_235_882.0).isCloseTo(1, within(allowed));
    assertThat(rows.get(EventKind.REMOVE_FROM_CART) * 50 / 1_697_891.0)
        .isCloseTo(1, within(allowed));
    assertThat(rows.get(EventKind.PAGE_VISIT) * 50 / 150_713_186.0).isCloseTo(1, within(allowed));
    assertThat(rows.get(EventKind.SEARCH_QUERY) * 50 / 9_571_258.0).isCloseTo(1, within(allowed));
    assertThat(full.clients()).isEqualTo(18_900_000);
  }

  private interface Visitor {
    void event(long client, int second, long item);
  }

  private static void each(EventKind kind, Visitor visitor) {
    EventColumns events = block.table(kind);
    for (int row = 0; row < events.rows(); row++) {
      visitor.event(events.client(row), events.second(row), events.item(row));
    }
  }

  private static Map<Long, int[]> favourites(int from, int to) {
    Map<Long, int[]> counts = new HashMap<>();
    each(
        EventKind.PAGE_VISIT,
        (client, second, page) -> {
          if (second >= from && second < to && page < CATALOGUE.products()) {
            counts
                .computeIfAbsent(client, c -> new int[CATALOGUE.categories()])[
                CATALOGUE.categoryOf((int) page)]++;
          }
        });
    return counts;
  }

  private static void earliest(
      Map<Long, Map<Long, Integer>> times, long client, long product, int second) {
    times.computeIfAbsent(client, c -> new HashMap<>()).merge(product, second, Math::min);
  }

  private static int favourite(int[] counts) {
    return IntStream.range(0, counts.length)
        .reduce(0, (best, i) -> counts[i] > counts[best] ? i : best);
  }

  private static int total(int[] counts) {
    return Arrays.stream(counts).sum();
  }

  private static double mean(double[] sumAndCount) {
    return sumAndCount[0] / sumAndCount[1];
  }

  private static double correlation(double[][] pairs) {
    double meanX = Arrays.stream(pairs).mapToDouble(pair -> pair[0]).average().orElseThrow();
    double meanY = Arrays.stream(pairs).mapToDouble(pair -> pair[1]).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (double[] pair : pairs) {
      xy += (pair[0] - meanX) * (pair[1] - meanY);
      xx += (pair[0] - meanX) * (pair[0] - meanX);
      yy += (pair[1] - meanY) * (pair[1] - meanY);
    }
    return xy / Math.sqrt(xx * yy);
  }

  private static double shareOfTop(Map<Long, Integer> counts, double part) {
    int[] sorted = counts.values().stream().mapToInt(n -> n).sorted().toArray();
    int top = (int) Math.ceil(part * sorted.length);
    long most = Arrays.stream(sorted, sorted.length - top, sorted.length).asLongStream().sum();
    return (double) most / Arrays.stream(sorted).asLongStream().sum();
  }

  /** How often something held. */
  private static final class Share {
    private int count;
    private int hits;

    void add(boolean hit) {
      count++;
      hits += hit ? 1 : 0;
    }

    int count() {
      return count;
    }

    int hits() {
      return hits;
    }

    double share() {
      return (double) hits / count;
    }
  }
}
