package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.natives.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a server embeds events as they come. */
final class LiveOptions {

  @Option(
      names = "--products",
      paramLabel = "FILE",
      description =
          "The product_properties.parquet in which live events' skus are looked up; that of the"
              + " run's data if not given.")
  private Optional<Path> products = Optional.empty();

  @Option(
      names = "--live-threads",
      paramLabel = "N",
      description =
          "Threads of a model that embeds live; all processors, shared by the lanes, if not given.")
  private Integer threads;

  @Option(
      names = "--live-lanes",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Calls that a run works on side by side, each with a copy of its models in memory"
              + " (default: ${DEFAULT-VALUE}).")
  private int lanes;

  @Option(
      names = "--live-device",
      paramLabel = "auto|cpu|cuda:N",
      defaultValue = "auto",
      description = "Where such models compute (default: ${DEFAULT-VALUE}).")
  private DeviceName device;

  @Option(
      names = "--plugins-dir",
      paramLabel = "DIR",
      description = "A further folder with plugin jars.")
  private List<Path> pluginFolders = new ArrayList<>();

  /** Where the plugins of the models are. */
  List<Path> pluginFolders() {
    return Installation.pluginFolders(pluginFolders);
  }

  /**
   * The options of a run.
   *
   * @throws PluginException if there is no such product file, or no such device
   */
  LiveRun.Options options() {
    if (products.isPresent() && !Files.isRegularFile(products.get())) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          products.get() + ": wanted a file of product properties, found no such file");
    }
    OptionRange.check("--live-lanes", lanes, 1, Integer.MAX_VALUE);
    int share = Runtime.getRuntime().availableProcessors() / lanes;
    return new LiveRun.Options(
        products, Math.max(1, threads == null ? share : threads), Devices.resolve(device), lanes);
  }
}
