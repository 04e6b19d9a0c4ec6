package dev.tessera.plugin.merge;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A fitted merge on disk: {@code merge.properties} (format, configuration, the inputs that were
 * there and their dimensions), {@code columns.txt} (a name a line), {@code fill.npy} [D], and per
 * input number I {@code I.pca-{mean,loadings,variances}.npy}, {@code I.{center,scale}.npy} or
 * {@code I.quantiles.npy}; all arrays float64.
 */
final class MergeModelFolder {

  private static final String FORMAT = "1";

  private final Path folder;

  MergeModelFolder(Path folder) {
    this.folder = folder;
  }

  /** Writes everything. */
  void save(MergeConfig config, FittedMerge merge) {
    List<String> lines = new ArrayList<>();
    lines.add("format=" + FORMAT);
    lines.add("config=" + escaped(config));
    for (FittedInput input : merge.inputs()) {
      int number = config.inputs().indexOf(input.config());
      lines.add("dimension.%d=%d".formatted(number, input.pipeline().inputColumns()));
      saveInput(number, input.pipeline());
    }
    Npy.write(file("fill"), merge.fill(), merge.dimension());
    try {
      Files.write(folder.resolve("merge.properties"), lines);
      Files.write(folder.resolve("columns.txt"), merge.columnNames());
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO, folder + ": the model cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws PluginException if it was another configuration, or files are missing or do not fit
   */
  FittedMerge open(MergeConfig config) {
    Properties properties = properties();
    require(FORMAT.equals(properties.getProperty("format")), "another version of the merge plugin");
    require(
        config.toString().equals(properties.getProperty("config")),
        "another configuration: " + properties.getProperty("config"));
    List<String> names = columnNames();
    List<FittedInput> inputs = new ArrayList<>();
    int column = 0;
    for (int number = 0; number < config.inputs().size(); number++) {
      String dimension = properties.getProperty("dimension." + number);
      if (dimension == null) {
        continue; // it had no rows when the merge was fitted
      }
      require(dimension.matches("[1-9][0-9]{0,8}"), "dimension." + number + "=" + dimension);
      MergeInput input = config.inputs().get(number);
      Pipeline pipeline = openInput(number, input, Integer.parseInt(dimension));
      int end = column + pipeline.columns();
      require(end <= names.size(), "too few names in columns.txt");
      inputs.add(new FittedInput(input, pipeline, names.subList(column, end)));
      column = end;
    }
    return new FittedMerge(inputs, array("fill", names.size()));
  }

  private void saveInput(int number, Pipeline pipeline) {
    pipeline
        .pca()
        .ifPresent(
            pca -> {
              write(number, "pca-mean", pca.mean());
              write(number, "pca-variances", pca.variances());
              Npy.write(
                  file(number + ".pca-loadings"),
                  pca.loadings(),
                  pca.components(),
                  pca.mean().length);
            });
    if (pipeline.scaler() instanceof AffineScaler scaler) {
      write(number, "center", scaler.center());
      write(number, "scale", scaler.scale());
    } else if (pipeline.scaler() instanceof QuantileScaler scaler) {
      double[][] quantiles = scaler.quantiles();
      int width = quantiles[0].length;
      double[] flat = new double[quantiles.length * width];
      for (int c = 0; c < quantiles.length; c++) {
        System.arraycopy(quantiles[c], 0, flat, c * width, width);
      }
      Npy.write(file(number + ".quantiles"), flat, quantiles.length, width);
    }
  }

  private Pipeline openInput(int number, MergeInput input, int dimension) {
    Optional<Pca> pca = Optional.empty();
    int columns = dimension;
    if (input.pca()) {
      columns = input.components();
      pca =
          Optional.of(
              new Pca(
                  array(number + ".pca-mean", dimension),
                  array(number + ".pca-loadings", columns * dimension),
                  array(number + ".pca-variances", columns)));
    }
    int scales = input.scope() == MergeInput.Scope.GLOBAL ? 1 : columns;
    Scaler scaler =
        switch (input.scaler()) {
          case NONE -> new UnitScaler();
          case NORMALIZER -> new RowNormalizer();
          case STANDARD, MIN_MAX, ROBUST ->
              new AffineScaler(array(number + ".center", scales), array(number + ".scale", scales));
          case QUANTILE_UNIFORM -> quantiles(number, scales, false);
          case QUANTILE_NORMAL -> quantiles(number, scales, true);
        };
    return new Pipeline(dimension, pca, scaler, input.weight());
  }

  private QuantileScaler quantiles(int number, int scales, boolean normal) {
    double[] flat = Npy.readDoubles(file(number + ".quantiles"));
    require(
        flat.length > 0 && flat.length % scales == 0, number + ".quantiles.npy of the wrong shape");
    int width = flat.length / scales;
    double[][] quantiles = new double[scales][width];
    for (int c = 0; c < scales; c++) {
      System.arraycopy(flat, c * width, quantiles[c], 0, width);
    }
    return new QuantileScaler(quantiles, normal);
  }

  private Properties properties() {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve("merge.properties"))) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw unfit("no readable merge.properties", e);
    }
    return properties;
  }

  private List<String> columnNames() {
    try {
      return Files.readAllLines(folder.resolve("columns.txt"));
    } catch (IOException e) {
      throw unfit("no readable columns.txt", e);
    }
  }

  private void write(int number, String part, double[] values) {
    Npy.write(file(number + "." + part), values, values.length);
  }

  private double[] array(String name, int length) {
    double[] values = Npy.readDoubles(file(name));
    require(
        values.length == length,
        "%s.npy of %d values instead of %d".formatted(name, values.length, length));
    return values;
  }

  private Path file(String name) {
    return folder.resolve(name + ".npy");
  }

  private static String escaped(MergeConfig config) {
    return config.toString().replace("\\", "\\\\").lines().collect(Collectors.joining("\\n"));
  }

  private void require(boolean fits, String found) {
    if (!fits) {
      throw unfit(found, null);
    }
  }

  private PluginException unfit(String found, Throwable cause) {
    return new PluginException(
        ErrorCode.INCOMPATIBLE_MODEL,
        "%s: wanted a merge that was fitted with this step's configuration, found %s; run the step again"
            .formatted(folder, found),
        cause);
  }
}
