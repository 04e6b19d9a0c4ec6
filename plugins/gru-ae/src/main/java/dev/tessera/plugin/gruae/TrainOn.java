package dev.tessera.plugin.gruae;

/** The clients that a model may learn from. */
enum TrainOn {
  /** All of the log. */
  ALL,
  /** Those whose profiles are asked for. */
  RELEVANT
}
