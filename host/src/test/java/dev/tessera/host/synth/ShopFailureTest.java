package dev.tessera.host.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left, and what is said, when generating ends early. */
class ShopFailureTest {

  private static final ShopPlan PLAN =
      ShopPreset.TINY.plan().withRelevantClients(30_000).withDays(35);

  @TempDir Path folder;

  @Test
  void stopsBetweenBlocksWhenCancelledAndLeavesNothing() {
    AtomicInteger asked = new AtomicInteger();
    assertThat(EventBlock.blocks(PLAN)).isEqualTo(5);
    assertThatThrownBy(
            () ->
                SyntheticShop.write(
                    PLAN,
                    folder.resolve("out"),
                    false,
                    1,
                    ProgressDisplay.silent(),
                    () -> asked.incrementAndGet() > 2))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    assertThat(asked.get()).isLessThan(EventBlock.blocks(PLAN));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void namesTheFileWhenTheDiskIsFull() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "no device here that is always full");
    Files.createDirectory(folder.resolve("input"));
    Files.createDirectory(folder.resolve("target"));
    Files.createSymbolicLink(folder.resolve("input/page_visit.parquet.tmp"), full);
    ShopPlan plan = PLAN.withRelevantClients(500);
    Catalogue catalogue = new Catalogue(plan);
    try (ShopFiles files = new ShopFiles(folder);
        Progress progress = ProgressDisplay.silent().start("generating", "clients", -1)) {
      assertThatThrownBy(
              () -> {
                new ShopBlocks(plan, catalogue, new BlockRows(plan, catalogue), 2)
                    .run(files, new PurchaseTally(plan, catalogue), progress, () -> false);
                files.commit();
              })
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.IO);
                assertThat(e.getMessage())
                    .contains("input/page_visit.parquet")
                    .contains("No space left on device")
                    .doesNotContain("\n");
              });
    }
    assertThat(folder.resolve("input/page_visit.parquet")).doesNotExist();
  }
}
