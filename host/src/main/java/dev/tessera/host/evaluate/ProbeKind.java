package dev.tessera.host.evaluate;

import java.util.Arrays;
import java.util.Locale;

/** Which probe is used, and what a report says of it. */
public enum ProbeKind {
  /** Logistic regression: seconds. */
  LINEAR("logistic regression (the quick probe; not the challenge's network)") {
    @Override
    Probe probe(String device, int threads) {
      return new LinearProbe(threads);
    }
  },
  /** The organisers' network, an eighth as wide. */
  SMALL("the organisers' network with 256/512 instead of 2048/4096 units") {
    @Override
    Probe probe(String device, int threads) {
      // products this small end before a second thread has woken up
      return new NetworkProbe(256, 512, device, 1);
    }
  },
  /** The organisers' network. */
  FULL("the organisers' network (2048/4096 units, 3 epochs, best epoch)") {
    @Override
    Probe probe(String device, int threads) {
      return new NetworkProbe(2048, 4096, device, threads);
    }
  };

  private final String words;

  ProbeKind(String words) {
    this.words = words;
  }

  /**
   * The probe of a name, in any case.
   *
   * @throws IllegalArgumentException with the names there are
   */
  public static ProbeKind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.toString().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "probe must be one of %s, was '%s'"
                        .formatted(Arrays.toString(values()), name)));
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it is, for people. */
  public String words() {
    return words;
  }

  /** The probe; the quick one computes on the CPU, whatever the device. */
  abstract Probe probe(String device, int threads);
}
