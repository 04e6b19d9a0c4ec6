package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.PluginInfo.NewClients;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** The entry point of the stats plugin. */
public final class StatsPluginFactory implements ModelPluginFactory<StatsConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public StatsPluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "stats",
        "Counts, intervals, popularity and spending per client: 37 named columns",
        EnumSet.copyOf(StatsColumn.KINDS),
        NewClients.EMBEDDED);
  }

  @Override
  public Class<StatsConfig> configType() {
    return StatsConfig.class;
  }

  @Override
  public Set<EventKind> reads(StatsConfig config) {
    return EnumSet.copyOf(config.events());
  }

  @Override
  public long memoryBytes(StatsConfig config, EventLog events) {
    long bytes = 64L << 20; // a block of rows, one batch, the JVM's slack
    bytes += 2L * Integer.BYTES * events.clients();
    for (EventKind kind : config.events()) {
      // fitted ids and counts, their mapping to codes, and at fit the ranges' counts
      long perCode = Long.BYTES + (4L + TableCounter.MAX_RANGES) * Integer.BYTES;
      bytes += perCode * TableCounter.itemIds(events, kind).getValueCount();
    }
    return bytes;
  }

  @Override
  public Stage create(StatsConfig config, PluginContext context) {
    return StatsModel.untrained(config, context);
  }

  @Override
  public Stage open(StatsConfig config, Path modelDirectory, PluginContext context) {
    return StatsModel.open(config, modelDirectory, context);
  }
}
