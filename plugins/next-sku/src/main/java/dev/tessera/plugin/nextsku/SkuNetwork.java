package dev.tessera.plugin.nextsku;

import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.DecoderWeights;
import dev.tessera.neural.Initial;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.Projection;
import dev.tessera.neural.TokenVectors;
import java.util.List;

/**
 * The weights: tables of categories and event types, used at both ends; a transformer; and a
 * projection for each of the three things told.
 */
final class SkuNetwork {

  private static final double DEVIATION = 0.02;
  private static final String CATEGORIES = "embedding.category";
  private static final String EVENTS = "embedding.event";

  private final Parameters parameters;
  private final DecoderWeights decoder;
  private final Projection category;
  private final Projection event;
  private final Projection price;
  private final Projection bucket;
  private final TokenVectors vectors;

  /**
   * The sizes.
   *
   * @param categories V of categories
   * @param categorySize the width of their vectors
   * @param eventSize the width of event types' vectors
   * @param decoder of the transformer, as wide as both and 1
   */
  record Shape(int categories, int categorySize, int eventSize, DecoderShape decoder) {}

  /**
   * Adds the weights of a network to parameters, at random.
   *
   * @param priceMean what the price told starts at, and
   * @param priceScale one over the deviation, by which prices are normalised
   */
  SkuNetwork(Parameters parameters, Shape shape, float priceMean, float priceScale) {
    this.parameters = parameters;
    int width = shape.decoder().width();
    Initial normal = new Initial.Normal(DEVIATION);
    parameters.add(CATEGORIES, normal, shape.categories(), shape.categorySize());
    parameters.add(EVENTS, normal, ProductEvents.EVENT_TOKENS, shape.eventSize());
    parameters.add("price.weight", new Initial.Constant(1), 1);
    parameters.add("price.bias", new Initial.Constant(0), 1);
    decoder = new DecoderWeights(parameters, "decoder", shape.decoder());
    category = Projection.add(parameters, "head.category", width, shape.categorySize());
    event = Projection.add(parameters, "head.event", width, shape.eventSize());
    price = Projection.add(parameters, "head.price.0", width, width);
    bucket =
        new Projection(
            parameters.addManual(
                "head.price.1.weight", new Initial.Uniform(1 / Math.sqrt(width)), 1, width),
            parameters.addManual("head.price.1.bias", new Initial.Constant(priceMean), 1));
    vectors =
        new TokenVectors(
            List.of(
                new TokenVectors.Codes(categories()),
                new TokenVectors.Codes(events()),
                new TokenVectors.Number(
                    priceMean,
                    priceScale,
                    parameters.get("price.weight"),
                    parameters.get("price.bias"))));
  }

  Parameters parameters() {
    return parameters;
  }

  DecoderWeights decoder() {
    return decoder;
  }

  TokenVectors vectors() {
    return vectors;
  }

  /** Categories' vectors [V, categorySize]. */
  Parameter categories() {
    return parameters.get(CATEGORIES);
  }

  /** Event types' vectors. */
  Parameter events() {
    return parameters.get(EVENTS);
  }

  /** From the transformer to the categories' space. */
  Projection category() {
    return category;
  }

  /** From the transformer to the event types' space. */
  Projection event() {
    return event;
  }

  /** The first of the two that lead to the price. */
  Projection price() {
    return price;
  }

  /** The second, to one float. */
  Projection bucket() {
    return bucket;
  }
}
