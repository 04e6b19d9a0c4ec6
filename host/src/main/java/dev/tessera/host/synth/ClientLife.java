package dev.tessera.host.synth;

import dev.tessera.api.EventKind;
import java.util.Arrays;

/**
 * Lives through clients' sessions and notes their events. In a session a client with an interest in
 * mind searches for it, visits pages, puts some of the visited products into the cart, takes some
 * out again, and buys what is left at once or not at all. Reused from client to client; for one
 * thread.
 */
final class ClientLife {

  private static final int REMEMBERED = 8;
  private static final int CART = 24;
  private static final double RETURN_TO_REMEMBERED = 0.3;
  private static final double OTHER_INTEREST = 0.08;
  private static final double LOADS_SECOND_PAGE = 0.12;
  private static final double EXACT_REPEAT = 0.006;
  private static final double QUERY_NAMES_PRODUCT = 0.5;
  private static final double TAKEN_OUT = 0.324;
  private static final double CHECKS_OUT = 0.475;
  private static final int LAST_PURCHASE_SECONDS_BEFORE_END = 600;

  private final ShopPlan plan;
  private final Catalogue catalogue;
  private final ShopCalendar calendar;
  private final EventColumns buys;
  private final EventColumns adds;
  private final EventColumns removes;
  private final EventColumns visits;
  private final EventColumns searches;
  private final ShopRandom random = new ShopRandom(0);

  /** Products visited last, in a ring. */
  private final int[] remembered = new int[REMEMBERED];

  private final int[] cart = new int[CART];
  private int[] starts = new int[16];
  private int rememberedCount;
  private int cartSize;
  private long client;
  private ClientTraits traits;

  ClientLife(ShopPlan plan, Catalogue catalogue, EventBlock block) {
    this.plan = plan;
    this.catalogue = catalogue;
    this.calendar = new ShopCalendar(plan.days());
    this.buys = block.table(EventKind.PRODUCT_BUY);
    this.adds = block.table(EventKind.ADD_TO_CART);
    this.removes = block.table(EventKind.REMOVE_FROM_CART);
    this.visits = block.table(EventKind.PAGE_VISIT);
    this.searches = block.table(EventKind.SEARCH_QUERY);
  }

  /** Adds all events of {@code client} to the block. */
  void live(long newClient, long seed) {
    random.reseed(seed);
    client = newClient;
    rememberedCount = 0;
    traits =
        plan.isRelevant(client)
            ? ClientTraits.relevant(plan, catalogue, random)
            : ClientTraits.passingBy(plan, catalogue, random);
    int sessions = drawStarts();
    for (int i = 0; i < sessions; i++) {
      session(starts[i]);
    }
    if (client == 0) {
      lastPurchase();
    }
  }

  /** In time's order, so that a product is visited before it is come back to. */
  private int drawStarts() {
    int sessions = traits.sessions();
    if (sessions > starts.length) {
      starts = new int[sessions];
    }
    for (int i = 0; i < sessions; i++) {
      int day = i == 0 ? traits.firstDay() : traits.day(random);
      starts[i] = calendar.secondOf(day, random);
    }
    Arrays.sort(starts, 0, sessions);
    return sessions;
  }

  private void session(int start) {
    int day = start / ShopCalendar.DAY_SECONDS;
    int interest = traits.interest(day, catalogue, random);
    int second = search(start, interest, day);
    cartSize = 0;
    int pages = 1 + (int) (traits.visitsPerSession() * random.exponential());
    for (int i = 0; i < pages; i++) {
      if (random.chance(OTHER_INTEREST)) {
        interest = traits.interest(day, catalogue, random);
      }
      second = visit(second, interest, day);
      double u = random.uniform();
      second += 4 + (int) (140 * u * u * u);
    }
    if (cartSize > 0) {
      settleCart(second);
    }
  }

  private int search(int start, int interest, int day) {
    double wanted = traits.searchesPerSession();
    if (wanted == 0) {
      return start;
    }
    int second = start;
    int count = (int) (wanted * random.exponential() + random.uniform());
    for (int i = 0; i < count; i++) {
      long query;
      if (random.chance(QUERY_NAMES_PRODUCT)) {
        int product = catalogue.drawProduct(interest, traits.price(), day, random);
        remember(product);
        query = Query.forProduct(product, random);
      } else {
        query = Query.forCategory(interest, random);
      }
      note(searches, second, query);
      second += 3 + random.below(25);
    }
    return second;
  }

  /** One page load; returns the second at which the client is done with it. */
  private int visit(int start, int interest, int day) {
    int second = start;
    double u = random.uniform();
    if (u < 0.55) {
      int product =
          rememberedCount > 0 && random.chance(RETURN_TO_REMEMBERED)
              ? remembered[random.below(Math.min(rememberedCount, REMEMBERED))]
              : catalogue.drawProduct(interest, traits.price(), day, random);
      remember(product);
      note(visits, second, catalogue.productPage(product, random));
      if (random.chance(traits.cartChance())) {
        second += 3 + random.below(30);
        note(adds, second, product);
        cart[cartSize++ % CART] = product;
      }
    } else if (u < 0.75) {
      note(visits, second, catalogue.listPage(interest, random));
    } else if (u < 0.88) {
      note(visits, second, catalogue.generalPage(random));
    } else {
      note(visits, second, catalogue.article(interest, random));
    }
    if (random.chance(LOADS_SECOND_PAGE)) {
      note(visits, second, catalogue.generalPage(random));
    }
    return second;
  }

  private void settleCart(int second) {
    boolean buying = random.chance(CHECKS_OUT);
    int checkout = second + 20 + random.below(240);
    int inCart = Math.min(cartSize, CART);
    for (int i = 0; i < inCart; i++) {
      if (random.chance(TAKEN_OUT)) {
        note(removes, second + random.below(20), cart[i]);
      } else if (buying) {
        note(buys, checkout, cart[i]);
      }
    }
  }

  /** The purchase of the last day that {@link ShopCalendar#split} relies on. */
  private void lastPurchase() {
    int second = calendar.endSecond() - LAST_PURCHASE_SECONDS_BEFORE_END;
    int product = catalogue.drawProduct(0, traits.price(), plan.days() - 1, random);
    note(visits, second, catalogue.productPage(product, random));
    note(adds, second + 20, product);
    buys.add(client, second + 90, product);
  }

  private void remember(int product) {
    remembered[rememberedCount++ % REMEMBERED] = product;
  }

  /** What falls past the log's end has not happened. */
  private void note(EventColumns events, int second, long item) {
    if (second >= calendar.endSecond()) {
      return;
    }
    events.add(client, second, item);
    if (random.chance(EXACT_REPEAT)) {
      events.add(client, second, item);
    }
  }
}
