package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.dist.Installation.Ended;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What real shops recorded, all the way: run, merge, serve, fetch. Skipped where the data is not.
 */
class RealDataIT {

  /** Those that need no neural network: the others take minutes on real data. */
  private static final String PLUGINS = "stats,als,merge";

  @TempDir Path work;

  @ParameterizedTest
  @CsvSource({"retailrocket, 85", "online-retail, 53"}) // without visits, als_visits has no columns
  void profilesOfARealShopAreFetchedAsTheyWereWritten(String shop, int dimension) throws Exception {
    Path data = GoldenData.data(shop);
    Installation tessera = new Installation(work);
    Ended run =
        tessera.run(
            "run",
            tessera.config("quick.yaml").toString(),
            "--plugins",
            PLUGINS,
            "--data",
            data.toString(),
            "--out",
            shop);
    assertThat(run.code()).as(run.out()).isZero();
    Path profile = work.resolve(shop).resolve("embeddings_submit/profile");
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));
    Arrays.sort(relevant);
    assertThat(Npy.readLongs(profile.resolve("client_ids.npy"))).isEqualTo(relevant);
    assertThat(Npy.header(profile.resolve("embeddings.npy")).shape())
        .containsExactly(relevant.length, dimension);
    ServedRun.assertFetchedIsWhatWasWritten(tessera, work, shop, "profile");
  }
}
