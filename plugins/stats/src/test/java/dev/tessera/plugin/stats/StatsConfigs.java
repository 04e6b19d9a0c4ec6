package dev.tessera.plugin.stats;

/** Configurations that several tests use. */
final class StatsConfigs {

  /** What a step without keys gets. */
  static final StatsConfig DEFAULT = new StatsConfig(StatsColumn.KINDS, CountScale.RAW);

  private StatsConfigs() {}
}
