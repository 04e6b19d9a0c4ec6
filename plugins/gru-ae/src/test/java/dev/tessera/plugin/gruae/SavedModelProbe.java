package dev.tessera.plugin.gruae;

import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import java.nio.file.Path;
import java.util.Arrays;

/** Opens a saved model in a JVM of its own and prints what it gives for another log. */
final class SavedModelProbe {

  private SavedModelProbe() {}

  static GruAeConfig config() {
    return new GruAeConfigs()
        .columns(TokenColumn.DAY, TokenColumn.CATEGORY, TokenColumn.SKU, TokenColumn.URL)
        .combine(Combine.SUM)
        .sizes(32, 2)
        .batches(16, 512)
        .build();
  }

  static int hash(CollectingSink sink) {
    int hash = Arrays.hashCode(sink.ids());
    for (float[] vector : sink.vectors()) {
      hash = 31 * hash + Arrays.hashCode(vector);
    }
    return hash;
  }

  /** The argument is the model's folder. */
  public static void main(String[] arguments) {
    try (TestContext context = new TestContext(2, 1);
        BuiltLog later = TinyEvents.log(context.allocator(), 2, 90);
        GruAeModel model = GruAeModel.open(config(), Path.of(arguments[0]), context)) {
      CollectingSink sink = new CollectingSink();
      model.embed(later.log(), later.log().relevantClients(), sink);
      System.out.println("hash " + hash(sink));
    }
  }
}
