package dev.tessera.host.config;

/** A value of the configuration, with its place. Immutable. */
public sealed interface ConfigNode permits ConfigMap, ConfigList, ConfigScalar {

  /** The dotted path from the top, e.g. {@code steps.als.factors}; empty for the top itself. */
  String path();

  /** Where it came from. */
  Origin origin();

  /** What it is, for messages: {@code the number 5}, {@code a list}. */
  String describe();
}
