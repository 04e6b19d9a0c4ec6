package dev.tessera.plugin.nexturl;

import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.DecoderWeights;
import dev.tessera.neural.Initial;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.TokenVectors;
import java.util.List;

/** The weights: a table of urls' vectors, used at both ends, and a transformer between. */
final class UrlNetwork {

  private static final double DEVIATION = 0.02;
  private static final String TABLE = "embedding.url";

  private final Parameters parameters;
  private final DecoderWeights decoder;

  /**
   * Adds the weights of a network to parameters, at random.
   *
   * @param tokens V
   */
  UrlNetwork(Parameters parameters, DecoderShape shape, int tokens) {
    this.parameters = parameters;
    parameters.add(TABLE, new Initial.Normal(DEVIATION), tokens, shape.width());
    decoder = new DecoderWeights(parameters, "decoder", shape);
  }

  Parameters parameters() {
    return parameters;
  }

  /** The urls' vectors [V, D]. */
  Parameter table() {
    return parameters.get(TABLE);
  }

  DecoderWeights decoder() {
    return decoder;
  }

  TokenVectors vectors() {
    return new TokenVectors(List.of(new TokenVectors.Codes(table())));
  }
}
