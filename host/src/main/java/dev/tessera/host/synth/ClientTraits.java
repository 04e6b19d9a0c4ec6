package dev.tessera.host.synth;

/**
 * What makes one client different from another; drawn once.
 *
 * @param oldInterest category liked most before {@code driftDay}
 * @param newInterest category liked most after it
 * @param steadyInterest category liked throughout, less
 * @param price price bucket that the client likes
 * @param firstDay first day in the shop, 0 or later
 * @param endDay day after the last: the client is lost then, at the latest with the log's end
 * @param trend -1 to 1: activity fades or grows over the life
 * @param sessions sessions in the log; 0 for relevant clients without any event
 * @param visitsPerSession mean
 * @param searchesPerSession mean
 * @param cartChance how likely a visited product goes into the cart
 */
record ClientTraits(
    int oldInterest,
    int steadyInterest,
    int newInterest,
    double driftDay,
    int price,
    int firstDay,
    int endDay,
    double trend,
    int sessions,
    double visitsPerSession,
    double searchesPerSession,
    double cartChance) {

  // The rates below give the largest preset the challenge's counts, within half a percent.
  private static final double WITHOUT_EVENTS = 0.03;
  private static final double OLD_CLIENTS = 0.45;
  private static final double LOYAL = 0.3;
  private static final double MEAN_LIFE_DAYS = 75;
  private static final double SESSIONS_PER_DAY = 0.0772;
  private static final int MOST_SESSIONS = 3_000;
  private static final double ACTIVITY_SPREAD = 1.1;
  private static final double RELEVANT_CART_CHANCE = 0.1185;
  private static final double PASSING_CART_CHANCE = 0.0487;

  private static final double RETURNS = 0.7;
  private static final double PASSING_LIFE_DAYS = 30;
  private static final double RELEVANT_VISITS = 4.363;
  private static final double PASSING_VISITS = 2.08;
  private static final double MEAN_SEARCHES = 0.511;

  /** The same share for all kinds of client, so that search is a trait and not a kind. */
  private static final double SEARCHERS = 0.45;

  /** Draws a client who will be profiled: in the shop before the train target starts. */
  static ClientTraits relevant(ShopPlan plan, Catalogue catalogue, ShopRandom random) {
    int lastStart = new ShopCalendar(plan.days()).trainTargetDay();
    int firstDay = random.chance(OLD_CLIENTS) ? 0 : random.below(lastStart);
    double life = random.chance(LOYAL) ? plan.days() : 1 + MEAN_LIFE_DAYS * random.exponential();
    int endDay = (int) Math.min(plan.days(), firstDay + life + 1);
    double activity = StrictMath.exp(ACTIVITY_SPREAD * random.normal());
    double wanted = SESSIONS_PER_DAY * (endDay - firstDay) * activity * random.exponential();
    int sessions = (int) Math.min(MOST_SESSIONS, 1 + wanted + random.uniform());
    boolean silent = random.chance(WITHOUT_EVENTS);
    return draw(
        catalogue,
        random,
        firstDay,
        endDay,
        silent ? 0 : sessions,
        RELEVANT_VISITS,
        cartBase(plan, true));
  }

  /** Draws a client who comes on a few days, any time. */
  static ClientTraits passingBy(ShopPlan plan, Catalogue catalogue, ShopRandom random) {
    int firstDay = random.below(plan.days());
    int endDay =
        Math.min(plan.days(), firstDay + 1 + (int) (PASSING_LIFE_DAYS * random.exponential()));
    double wanted = RETURNS * (plan.days() / 150.0) * random.exponential();
    int sessions = (int) (1 + wanted + random.uniform());
    return draw(
        catalogue, random, firstDay, endDay, sessions, PASSING_VISITS, cartBase(plan, false));
  }

  private static double cartBase(ShopPlan plan, boolean relevant) {
    return plan.purchaseBoost() * (relevant ? RELEVANT_CART_CHANCE : PASSING_CART_CHANCE);
  }

  private static ClientTraits draw(
      Catalogue catalogue,
      ShopRandom random,
      int firstDay,
      int endDay,
      int sessions,
      double visits,
      double cartBase) {
    int department = catalogue.drawDepartment(random);
    int otherDepartment = catalogue.drawDepartment(random);
    double appetite = random.exponential();
    return new ClientTraits(
        catalogue.drawCategory(department, random),
        catalogue.drawCategory(department, random),
        catalogue.drawCategory(random.chance(0.5) ? department : otherDepartment, random),
        random.between(0, 300),
        Catalogue.clampedPrice(50 + 26 * random.normal()),
        firstDay,
        endDay,
        random.between(-0.9, 0.9),
        sessions,
        visits * random.between(0.6, 1.4),
        random.chance(SEARCHERS) ? MEAN_SEARCHES * random.exponential() : 0,
        Math.min(0.8, cartBase * appetite * appetite * 0.5));
  }

  /** The category that the client has in mind on {@code day}. */
  int interest(double day, Catalogue catalogue, ShopRandom random) {
    double u = random.uniform();
    if (u < 0.62) {
      // The new interest takes over within about sixty days around the drift.
      double shift = (day - driftDay) / 60 + 0.5;
      return random.uniform() < shift ? newInterest : oldInterest;
    }
    if (u < 0.85) {
      return steadyInterest;
    }
    return catalogue.drawCategory(catalogue.drawDepartment(random), random);
  }

  /** A day of the life, by its trend. */
  int day(ShopRandom random) {
    double u = random.uniform();
    double warped = u + trend * (u * u - u);
    return firstDay + (int) ((endDay - firstDay) * warped);
  }
}
