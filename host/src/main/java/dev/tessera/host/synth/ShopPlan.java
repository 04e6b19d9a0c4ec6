package dev.tessera.host.synth;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;

/**
 * What to generate. The rates per client are the same for every plan but for {@code purchaseBoost},
 * so the rows of every table grow with clients and days.
 *
 * @param relevantClients clients to be profiled; 1 to 100 million
 * @param passersBy other clients per relevant one; most of them come once or twice
 * @param products products ever seen in events; about 0.8 % of them lack properties
 * @param categories at least 2; at most a third of the products
 * @param days length of the log; at least 35: four weeks of targets and a week of input
 * @param purchaseBoost factor on how often a visited product is put into the cart; small shops need
 *     more than 1 to have enough purchases to learn from
 * @param seed of every random choice
 */
public record ShopPlan(
    int relevantClients,
    double passersBy,
    int products,
    int categories,
    int days,
    double purchaseBoost,
    long seed) {

  private static final int MAX_CLIENTS = 100_000_000;
  private static final int MIN_DAYS = 35;
  private static final int MAX_DAYS = 3_650;

  /** Checks the ranges that a user can set. */
  public ShopPlan {
    require("clients", relevantClients, 1, MAX_CLIENTS);
    require("days", days, MIN_DAYS, MAX_DAYS);
    require("categories", categories, 2, products / 3);
  }

  /** The same shop with another number of relevant clients; passers-by go along. */
  public ShopPlan withRelevantClients(int clients) {
    return new ShopPlan(clients, passersBy, products, categories, days, purchaseBoost, seed);
  }

  /** The same shop over another number of days. */
  public ShopPlan withDays(int newDays) {
    return new ShopPlan(
        relevantClients, passersBy, products, categories, newDays, purchaseBoost, seed);
  }

  /** Another shop of the same size. */
  public ShopPlan withSeed(long newSeed) {
    return new ShopPlan(
        relevantClients, passersBy, products, categories, days, purchaseBoost, newSeed);
  }

  /** Relevant clients and passers-by. */
  long clients() {
    return relevantClients + Math.round(relevantClients * passersBy);
  }

  /** How many relevant clients come before {@code client}: they are spread evenly. */
  int relevantBefore(long client) {
    return (int) (client * relevantClients / clients());
  }

  /** The {@code n}-th relevant client. */
  long relevantClient(int n) {
    return ((n + 1L) * clients() + relevantClients - 1) / relevantClients - 1;
  }

  boolean isRelevant(long client) {
    return relevantBefore(client + 1) > relevantBefore(client);
  }

  /** One line and an error if a number that a user gave is out of its range. */
  static void require(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s must be in %d..%d, was %d".formatted(what, least, most, value));
    }
  }
}
