package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.LogSplit;
import dev.tessera.host.split.SplitRequest;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A limit that is too small costs one line. */
class LimitedMemoryTest {

  private static final long GIB = 1L << 30;

  @Test
  void letsThroughWhatFitsAndTellsThePeak() {
    try (LimitedMemory memory = new LimitedMemory(new MemoryBudget(64 * GIB, GIB, GIB))) {
      assertThat(memory.within(() -> "done")).isEqualTo("done");
      assertThat(memory.watched(() -> false).getAsBoolean()).isFalse();
      assertThat(memory.watched(() -> true).getAsBoolean()).isTrue();
      assertThat(memory.peak()).matches("peak [1-9][\\d,]* MB of 65,536 MB");
    }
  }

  @Test
  void stopsLongWorkOnceTheProcessIsBeyondTheLimit() {
    // a JVM with JUnit in it has more than ten megabytes
    try (LimitedMemory memory = new LimitedMemory(new MemoryBudget(10 << 20, GIB, GIB))) {
      assertOneLine(
          () -> memory.watched(() -> false).getAsBoolean(),
          "the memory limit of 10 MB is too small: ");
    }
  }

  @Test
  void aSplitThatDoesNotFitSaysSo(@TempDir Path folder) {
    Path data = folder.resolve("data");
    SyntheticShop.write(ShopPreset.TINY.plan(), data, false, 2, ProgressDisplay.silent());
    try (LimitedMemory memory = new LimitedMemory(new MemoryBudget(GIB, GIB, 100_000))) {
      LogSplit split =
          new LogSplit(
              new SplitRequest(data, 14, OptionalLong.empty()), StoreOptions.of(memory.work()));
      assertOneLine(
          () -> memory.within(split::write), "the memory limit of 1,024 MB is too small: ");
    }
  }

  private static void assertOneLine(ThrowingCallable work, String start) {
    assertThatThrownBy(work)
        .isInstanceOf(PluginException.class)
        .hasMessageStartingWith(start)
        .hasMessageEndingWith("; raise --memory-limit")
        .hasMessageNotContaining("\n")
        .extracting(failure -> ((PluginException) failure).code())
        .isEqualTo(ErrorCode.OUT_OF_MEMORY);
  }
}
