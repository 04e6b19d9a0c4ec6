package dev.tessera.plugin.lightfm;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What to factorise, with which features, and how. */
record LightFmConfig(
    @ConfigKey(
            value =
                "Weight of one event by table name; the weights of a client's events with a sku are"
                    + " summed. A pair whose sum is not above zero is left out, or, with loss:"
                    + " logistic, learnt as one that should score low",
            defaultValue = "{product_buy: 1, add_to_cart: 0.7, remove_from_cart: -0.5}")
        Map<EventKind, Double> events,
    @ConfigKey(
            value = "Whom to fit on: all clients of the log, or the relevant ones",
            defaultValue = "relevant")
        Clients clients,
    @ConfigKey(value = "What is known of a client", defaultValue = "{}")
        ClientFeatures clientFeatures,
    @ConfigKey(value = "What is known of a sku", defaultValue = "{}") SkuFeatures skuFeatures,
    @ConfigKey(
            value =
                "What is minimised: warp and bpr rank the client's skus above others, logistic tells"
                    + " them apart",
            defaultValue = "warp")
        Loss loss,
    @ConfigKey(
            value = "Whether a pair counts by its weight; otherwise each counts 1",
            defaultValue = "true")
        boolean sampleWeights,
    @ConfigKey(value = "Length of a client's vector", defaultValue = "64", min = 1, max = 1024)
        int components,
    @ConfigKey(value = "Passes over the pairs", defaultValue = "30", min = 1, max = 10_000)
        int epochs,
    @ConfigKey(value = "How each weight's rate is set", defaultValue = "adagrad") Schedule schedule,
    @ConfigKey(
            value = "The rate of adagrad at the start",
            defaultValue = "0.05",
            min = 1e-6,
            max = 10)
        double learningRate,
    @ConfigKey(
            value = "How much adadelta keeps of its averages each step",
            defaultValue = "0.95",
            min = 0,
            max = 0.999999)
        double rho,
    @ConfigKey(
            value = "What adadelta adds to its averages",
            defaultValue = "1e-6",
            min = 1e-12,
            max = 1)
        double epsilon,
    @ConfigKey(
            value =
                "How many skus warp draws for one that scores too high, before it leaves the pair",
            defaultValue = "10",
            min = 1,
            max = 10_000)
        int maxSampled,
    @ConfigKey(
            value =
                "Passes over the pairs of a client that the model does not have, to find its vector"
                    + " with the skus held fixed",
            defaultValue = "30",
            min = 1,
            max = 10_000)
        int foldInEpochs) {

  private static final double MAX_WEIGHT = 1e6;

  /** Whom to fit on. */
  enum Clients {
    ALL,
    RELEVANT
  }

  /** What is minimised. */
  enum Loss {
    WARP,
    BPR,
    LOGISTIC
  }

  /** How rates are set. */
  enum Schedule {
    ADAGRAD,
    ADADELTA
  }

  /** What is known of a client. */
  record ClientFeatures(
      @ConfigKey(value = "A vector of each client's own", defaultValue = "true") boolean identity,
      @ConfigKey(
              value =
                  "What the 16 codes of a client's searches, averaged, are divided by; 0 leaves them out",
              defaultValue = "255",
              min = 0)
          double searchCodes) {

    ClientFeatures {
      requireDivisor("client-features.search-codes", searchCodes);
      if (!identity && searchCodes == 0) {
        throw new IllegalArgumentException(
            "client-features must have identity or search-codes, found neither");
      }
    }
  }

  /** What is known of a sku. */
  record SkuFeatures(
      @ConfigKey(value = "A vector of each sku's own", defaultValue = "true") boolean identity,
      @ConfigKey(
              value = "What the 16 codes of a sku's name are divided by; 0 leaves them out",
              defaultValue = "255",
              min = 0)
          double nameCodes,
      @ConfigKey(value = "A vector of each category", defaultValue = "false") boolean category,
      @ConfigKey(
              value = "What a sku's price bucket is divided by; 0 leaves it out",
              defaultValue = "0",
              min = 0)
          double price) {

    SkuFeatures {
      requireDivisor("sku-features.name-codes", nameCodes);
      requireDivisor("sku-features.price", price);
      if (!identity && nameCodes == 0 && !category && price == 0) {
        throw new IllegalArgumentException(
            "sku-features must have identity, name-codes, category or price, found none");
      }
    }
  }

  /** Puts the weights into table order and checks them. */
  LightFmConfig {
    String wanted =
        EventKind.withItems(ItemKind.SKU).stream()
            .map(EventKind::tableName)
            .collect(Collectors.joining(", ", "events must be among ", ""));
    if (events.isEmpty()) {
      throw new IllegalArgumentException(wanted + ", found none");
    }
    events = Collections.unmodifiableMap(new EnumMap<>(events));
    events.forEach(
        (kind, weight) -> {
          if (kind.itemKind() != ItemKind.SKU) {
            throw new IllegalArgumentException(wanted + ", found " + kind.tableName());
          }
          // written so that NaN is refused too
          if (!(Math.abs(weight) <= MAX_WEIGHT) || weight == 0) {
            throw new IllegalArgumentException(
                "events.%s must be a weight in -%,.0f..%,.0f other than 0, was %s"
                    .formatted(kind.tableName(), MAX_WEIGHT, MAX_WEIGHT, weight));
          }
        });
    if (events.values().stream().allMatch(weight -> weight < 0)) {
      throw new IllegalArgumentException(
          "events must have a weight above 0, found " + events.values());
    }
  }

  private static void requireDivisor(String key, double divisor) {
    if (!Double.isFinite(divisor) || divisor < 0) {
      throw new IllegalArgumentException(
          key + " must be a number to divide by, or 0, was " + divisor);
    }
  }

  /** The optimiser that the schedule names. */
  Optimizer optimizer() {
    return switch (schedule) {
      case ADAGRAD -> new Optimizer.AdaGrad((float) learningRate);
      case ADADELTA -> new Optimizer.AdaDelta((float) rho, (float) epsilon);
    };
  }
}
