package dev.tessera.plugin.gruae;

/** How the embeddings of a token's columns become one vector. */
enum Combine {
  /** Side by side; the width is the sum. */
  CONCATENATION,
  /** Added up; the width is that of one. */
  SUM
}
