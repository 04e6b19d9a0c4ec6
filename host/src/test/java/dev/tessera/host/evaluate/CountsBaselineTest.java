package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ReadTable;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The baseline's columns against counting rows of the files. */
class CountsBaselineTest {

  private static final long DAY = 86_400_000_000L;

  @TempDir Path folder;

  @Test
  void countsEventsOfTheLastDaysInTheOrderOfTheClients() {
    Path data = folder.resolve("data");
    SyntheticShop.write(ShopPreset.TINY.plan(), data, false, 2, ProgressDisplay.silent());
    ReadTable buys = ReadTable.read(data.resolve("input/product_buy.parquet"));
    long[] buyers = buys.longs("client_id");
    long[] times = buys.micros("timestamp");
    long end = 0;
    for (String table :
        new String[] {
          "product_buy", "add_to_cart", "remove_from_cart", "page_visit", "search_query"
        }) {
      long last =
          Arrays.stream(
                  ReadTable.read(data.resolve("input/" + table + ".parquet")).micros("timestamp"))
              .max()
              .orElseThrow();
      end = Math.max(end, last);
    }
    // descending, with one that has no event
    long[] clients =
        java.util.stream.LongStream.concat(
                java.util.stream.LongStream.of(-1), Arrays.stream(buyers).distinct().limit(400))
            .boxed()
            .sorted(java.util.Comparator.reverseOrder())
            .mapToLong(Long::longValue)
            .toArray();
    EmbeddingMatrix like = EmbeddingMatrix.of("like", clients, 1, new float[clients.length]);
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE);
        EventStore store =
            EventStore.open(
                new DataSource(data, DataSource.Mode.LOCAL),
                folder.resolve("workspace"),
                StoreOptions.of(memory.work()))) {
      EmbeddingMatrix baseline = CountsBaseline.of(store.log(), like);

      // five kinds, and ten skus, categories and prices of three of them, ten urls; three windows
      assertThat(baseline.dimension()).isEqualTo(3 * (5 + 9 * 10 + 10));
      long all = 0;
      for (int row = 0; row < clients.length; row++) {
        float[] values = new float[baseline.dimension()];
        baseline.read(row, values, 0);
        int[] days = {1, 7, 30};
        for (int window = 0; window < 3; window++) {
          long wanted = 0;
          for (int i = 0; i < buyers.length; i++) {
            wanted += buyers[i] == clients[row] && end - times[i] < days[window] * DAY ? 1 : 0;
          }
          assertThat(values[window]).isEqualTo(wanted);
          all += wanted;
        }
      }
      assertThat(all).isPositive();
    }
  }
}
