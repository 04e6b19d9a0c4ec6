/**
 * The stats plugin: counts, intervals, popularity and spending per client, 37 named columns. Start
 * at {@link dev.tessera.plugin.stats.StatsModel}.
 */
package dev.tessera.plugin.stats;
