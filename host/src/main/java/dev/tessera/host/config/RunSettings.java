package dev.tessera.host.config;

import dev.tessera.api.ConfigKey;
import java.util.List;

/** The top keys of a run's YAML, beside {@code steps}. */
record RunSettings(
    @ConfigKey(value = "folder with the event Parquet files", defaultValue = "") String data,
    @ConfigKey(value = "folder that the results go to", defaultValue = "runs/latest") String out,
    @ConfigKey(
            value = "submit: all events and relevant clients; local: those of input/",
            defaultValue = "submit")
        RunConfig.Mode mode,
    @ConfigKey(value = "seed of every random choice", defaultValue = "42") long seed,
    @ConfigKey(
            value = "threads of a step, 0 for one per processor",
            defaultValue = "0",
            min = 0,
            max = 4096)
        int threads,
    @ConfigKey(
            value = "memory that the run may take: 12G, or a share of the machine's",
            defaultValue = "80%")
        String memoryLimit,
    @ConfigKey(
            value = "where models compute: auto (a GPU if there is one), cpu, cuda:N",
            defaultValue = "auto")
        String device,
    @ConfigKey(
            value = "folder that keeps event stores and finished steps",
            defaultValue = ".tessera")
        String workspace,
    @ConfigKey(value = "more folders with plugin jars", defaultValue = "[]") List<String> plugins) {

  RunSettings {
    MemoryLimit unusedLimit = new MemoryLimit(memoryLimit);
    DeviceName unusedDevice = new DeviceName(device);
    requireText("out", out);
    requireText("workspace", workspace);
  }

  private static void requireText(String key, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(key + " must name a folder, was empty");
    }
  }
}
