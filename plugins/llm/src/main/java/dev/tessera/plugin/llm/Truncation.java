package dev.tessera.plugin.llm;

/** Which tokens of a text that is too long are dropped. */
enum Truncation {
  /** The first ones. */
  LEFT,
  /** The last ones. */
  RIGHT
}
