package dev.tessera.plugin.gruae;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.neural.Facts;
import dev.tessera.neural.IdVocabulary;
import dev.tessera.neural.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A saved model: {@code model.txt} (what it was made with), {@code vocabulary.COLUMN.npy} (int64
 * original ids), {@code weights/NAME.npy} (float32).
 */
final class ModelFiles {

  /** What must be the same for the weights to fit. */
  private static final List<String> STRUCTURE =
      List.of(
          "columns", "combine", "embedding-size", "hidden-size", "layers", "events", "max-tokens");

  private static final int FORMAT = 1;

  private final Path folder;
  private final Facts wanted;

  ModelFiles(Path folder, GruAeConfig config) {
    this.folder = folder;
    this.wanted =
        new Facts(Map.of()).with("gru-ae-format", FORMAT).with(Facts.of(config).only(STRUCTURE));
  }

  void write(List<ColumnCodec> codecs, Parameters parameters) {
    Facts facts = wanted;
    for (ColumnCodec codec : codecs) {
      String key = codec.column().key();
      if (codec instanceof IdCodec ids) {
        long[] kept = ids.vocabulary().ids().toArray();
        Npy.write(vocabulary(codec.column()), kept, kept.length);
        facts =
            facts
                .with(key + "-has-rare", ids.vocabulary().unknownIsTrained())
                .with(key + "-none", ids.none());
      } else if (codec instanceof TimeCodec time) {
        facts =
            facts.with(key + "-first-day", time.firstDay()).with(key + "-last-day", time.lastDay());
      }
    }
    parameters.write(createdWeights());
    facts.write(facts());
  }

  /**
   * The codecs of a saved model.
   *
   * @throws PluginException if the folder holds no model of this configuration
   */
  List<ColumnCodec> readCodecs(GruAeConfig config) {
    if (!Files.exists(facts())) {
      throw new PluginException(
          ErrorCode.INCOMPATIBLE_MODEL,
          folder + " holds no gru-ae model: there is no model.txt; fit the step again");
    }
    Facts found = Facts.read(facts());
    wanted.requireSame(found, "the model " + folder);
    List<ColumnCodec> codecs = new ArrayList<>();
    for (TokenColumn column : config.columns()) {
      String key = column.key();
      if (column.isId()) {
        boolean rare = Boolean.parseBoolean(found.text(key + "-has-rare"));
        codecs.add(
            new IdCodec(
                column,
                IdVocabulary.of(Npy.readLongs(vocabulary(column)), rare),
                found.whole(key + "-none")));
      } else if (column.isTime()) {
        codecs.add(
            new TimeCodec(column, found.whole(key + "-first-day"), found.whole(key + "-last-day")));
      } else {
        codecs.add(new FixedCodec(column));
      }
    }
    return codecs;
  }

  void readWeights(Parameters parameters) {
    parameters.read(weights());
  }

  private Path facts() {
    return folder.resolve("model.txt");
  }

  private Path vocabulary(TokenColumn column) {
    return folder.resolve("vocabulary." + column.key() + ".npy");
  }

  private Path weights() {
    return folder.resolve("weights");
  }

  private Path createdWeights() {
    try {
      return Files.createDirectories(weights());
    } catch (IOException e) {
      throw new PluginException(ErrorCode.IO, weights() + ": cannot be made: " + e.getMessage(), e);
    }
  }
}
