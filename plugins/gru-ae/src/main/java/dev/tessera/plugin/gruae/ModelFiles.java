package dev.tessera.plugin.gruae;

import dev.tessera.api.Npy;
import dev.tessera.neural.Facts;
import dev.tessera.neural.IdVocabulary;
import dev.tessera.neural.ModelFolder;
import dev.tessera.neural.Parameters;
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

  private static final int FORMAT = 2;

  /** Columns that the data had values of. */
  private static final String KEPT = "kept-columns";

  private final ModelFolder folder;

  ModelFiles(Path folder, GruAeConfig config) {
    this.folder =
        new ModelFolder(
            folder,
            "gru-ae",
            new Facts(Map.of())
                .with("gru-ae-format", FORMAT)
                .with(Facts.of(config).only(STRUCTURE)));
  }

  void write(List<ColumnCodec> codecs, Parameters parameters) {
    List<String> kept = codecs.stream().map(codec -> codec.column().key()).toList();
    Facts facts = new Facts(Map.of()).with(KEPT, String.join(" ", kept));
    for (ColumnCodec codec : codecs) {
      String key = codec.column().key();
      if (codec instanceof IdCodec ids) {
        long[] values = ids.vocabulary().ids().toArray();
        Npy.write(vocabulary(codec.column()), values, values.length);
        facts =
            facts
                .with(key + "-has-rare", ids.vocabulary().unknownIsTrained())
                .with(key + "-none", ids.none());
      } else if (codec instanceof TimeCodec time) {
        facts =
            facts.with(key + "-first-day", time.firstDay()).with(key + "-last-day", time.lastDay());
      }
    }
    folder.write(facts, parameters);
  }

  /**
   * The codecs of a saved model.
   *
   * @throws dev.tessera.api.PluginException if the folder holds no model of this configuration
   */
  List<ColumnCodec> readCodecs(GruAeConfig config) {
    Facts found = folder.read();
    List<ColumnCodec> codecs = new ArrayList<>();
    List<String> kept = List.of(found.text(KEPT).split(" "));
    for (TokenColumn column : config.columns()) {
      String key = column.key();
      if (!kept.contains(key)) {
        continue;
      }
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
    folder.readWeights(parameters);
  }

  private Path vocabulary(TokenColumn column) {
    return folder.file("vocabulary." + column.key() + ".npy");
  }
}
