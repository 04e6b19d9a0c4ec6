package dev.tessera.host.config;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import java.util.List;
import java.util.Map;

/** A configuration with a component of every type. */
record SampleConfig(
    @ConfigKey(value = "how many", min = 1, max = 1024) int factors,
    @ConfigKey(value = "start", defaultValue = "5000000000") long bigNumber,
    @ConfigKey(value = "penalty", defaultValue = "0.01", min = 0) double regularisation,
    @ConfigKey(value = "whether", defaultValue = "false") boolean dropZeroRows,
    @ConfigKey(value = "words", defaultValue = "") String label,
    @ConfigKey(value = "which", defaultValue = "quantile-uniform") Scaler scaler,
    @ConfigKey(value = "sizes", defaultValue = "[8, 4]", min = 2) List<Integer> layers,
    @ConfigKey(value = "weights", defaultValue = "{page_visit: 1}", max = 9)
        Map<EventKind, Double> events,
    @ConfigKey(value = "names", defaultValue = "{}") Map<String, List<String>> groups,
    @ConfigKey(value = "more", defaultValue = "{}") Part part,
    @ConfigKey(value = "parts", defaultValue = "[]") List<Part> parts) {

  enum Scaler {
    QUANTILE_UNIFORM,
    NONE
  }

  record Part(
      @ConfigKey(value = "low", defaultValue = "0") int low,
      @ConfigKey(value = "high", defaultValue = "1") int high) {
    Part {
      if (low > high) {
        throw new IllegalArgumentException("low must be at most high, was " + low + " > " + high);
      }
    }
  }
}
