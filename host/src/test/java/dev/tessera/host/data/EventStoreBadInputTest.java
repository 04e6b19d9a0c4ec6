package dev.tessera.host.data;

import static dev.tessera.host.data.ParquetFixture.FLOAT64;
import static dev.tessera.host.data.ParquetFixture.INT64;
import static dev.tessera.host.data.ParquetFixture.MICROS;
import static dev.tessera.host.data.ParquetFixture.TEXT;
import static dev.tessera.host.data.ParquetFixture.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault costs one line that names file, place, what was wanted and what was found. */
class EventStoreBadInputTest {

  private static final String CODES = "[" + "7 ".repeat(16) + "]";

  @TempDir private Path temp;
  private final HostMemory memory = HostMemory.withLimit(1L << 30);
  private Path data;
  private Path workspace;

  @BeforeEach
  void aShopWithOneBuy() {
    data = temp.resolve("shop");
    workspace = temp.resolve("workspace");
    ShopFixture.minimal(data);
  }

  @AfterEach
  void nothingIsLeftInMemoryOrLooksWhole() throws IOException {
    memory.close();
    Path stores = workspace.resolve("stores");
    if (Files.isDirectory(stores)) {
      try (Stream<Path> left = Files.list(stores)) {
        assertThat(left).isEmpty();
      }
    }
  }

  private PluginException failure(Path folder, Mode mode, BooleanSupplier cancelled) {
    StoreOptions options = new StoreOptions(memory.work(), 2, ProgressDisplay.silent(), cancelled);
    PluginException failure =
        catchThrowableOfType(
            PluginException.class,
            () -> EventStore.open(new DataSource(folder, mode), workspace, options).close());
    assertThat(failure).as("a failure").isNotNull();
    assertThat(failure.getMessage().lines()).hasSize(1);
    return failure;
  }

  private void assertFails(String... parts) {
    PluginException failure = failure(data, Mode.SUBMIT, () -> false);
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_DATA);
    assertThat(failure).hasMessageContainingAll(parts);
  }

  @Test
  void namesAFolderThatIsNotThere() {
    PluginException failure = failure(temp.resolve("nowhere"), Mode.SUBMIT, () -> false);
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
    assertThat(failure).hasMessageContainingAll("nowhere", "there is no such folder");
  }

  @Test
  void namesTheTablesWantedInAFolderWithoutAny() {
    PluginException failure = failure(temp, Mode.SUBMIT, () -> false);
    assertThat(failure).hasMessageContainingAll("product_buy.parquet", "page_visit.parquet");
  }

  @Test
  void saysWhatLocalModeNeeds() {
    PluginException failure = failure(data, Mode.LOCAL, () -> false);
    assertThat(failure).hasMessageContainingAll("input", "mode local", "use mode submit");
  }

  @Test
  void namesAMissingColumnAndThoseThereAre() {
    ParquetFixture.write(
        data.resolve("page_visit.parquet"),
        column("client_id", INT64, 1L),
        column("timestamp", MICROS, 1L),
        column("link", INT64, 1L));
    assertFails("page_visit.parquet", "column url (int64 or int32)", "client_id, timestamp, link");
  }

  @Test
  void namesAColumnOfTheWrongTypeAndBothTypes() {
    ParquetFixture.write(
        data.resolve("page_visit.parquet"),
        column("client_id", FLOAT64, 1.0),
        column("timestamp", MICROS, 1L),
        column("url", INT64, 1L));
    assertFails("page_visit.parquet", "column client_id", "int64 or int32", "found float64");
  }

  @Test
  void namesATimestampColumnOfTheWrongType() {
    ParquetFixture.write(
        data.resolve("page_visit.parquet"),
        column("client_id", INT64, 1L),
        column("timestamp", INT64, 1L),
        column("url", INT64, 1L));
    assertFails("column timestamp", "wanted timestamp", "found int64");
  }

  @Test
  void namesFileAndRowOfATextThatIsNoTime() {
    ParquetFixture.write(
        data.resolve("page_visit.parquet"),
        column("client_id", INT64, 1L, 1L),
        column("timestamp", TEXT, "2022-06-23 14:05:59", "2022-02-30 14:05:59"),
        column("url", INT64, 1L, 1L));
    assertFails("page_visit.parquet", "column timestamp, row 1", "'2022-02-30 14:05:59'");
  }

  @Test
  void namesTheRowOfAQueryWith15Numbers() {
    ParquetFixture.write(
        data.resolve("search_query.parquet"),
        column("client_id", INT64, 1L, 1L),
        column("timestamp", MICROS, 1L, 1L),
        column("query", TEXT, CODES, "[" + "7 ".repeat(15) + "]"));
    assertFails("search_query.parquet", "column query, row 1", "wanted 16 numbers", "found 15");
  }

  @Test
  void namesASkuThatOccursTwice() {
    ParquetFixture.write(
        data.resolve("product_properties.parquet"),
        column("sku", INT64, 70L, 71L, 70L),
        column("category", INT64, 1L, 1L, 1L),
        column("price", INT64, 1L, 1L, 1L),
        column("name", TEXT, CODES, CODES, CODES));
    assertFails("product_properties.parquet", "found 70 in row 0 and in row 2");
  }

  @Test
  void namesTheTypeOfARelevantListThatIsNotInt64() throws IOException {
    Files.createDirectories(data.resolve("input"));
    Npy.write(data.resolve("input/relevant_clients.npy"), new double[] {1, 2}, 2);
    assertFails("relevant_clients.npy", "int64", "found <f8 [2]");
  }

  @Test
  void namesTheShapeOfARelevantListOfTwoDimensions() throws IOException {
    Files.createDirectories(data.resolve("input"));
    Npy.write(data.resolve("input/relevant_clients.npy"), new long[] {1, 2}, 1, 2);
    assertFails("relevant_clients.npy", "one-dimensional", "found <i8 [1, 2]");
  }

  @Test
  void saysThatARelevantListIsTruncated() throws IOException {
    ShopFixture.relevant(data, 1, 2, 3);
    Path list = data.resolve("input/relevant_clients.npy");
    byte[] bytes = Files.readAllBytes(list);
    Files.write(list, Arrays.copyOf(bytes, bytes.length - 5));
    assertFails("relevant_clients.npy", "truncated");
  }

  @Test
  void saysThatARelevantListIsEmpty() {
    ShopFixture.relevant(data);
    assertFails("relevant_clients.npy", "found none");
  }

  @Test
  void namesARelevantClientThatIsListedTwice() {
    ShopFixture.relevant(data, 8, 9, 8);
    assertFails("relevant_clients.npy", "client id 8 occurs twice");
  }

  @Test
  void namesAFileThatIsNotParquet() throws IOException {
    Files.writeString(data.resolve("page_visit.parquet"), "client_id,timestamp,url\n1,2,3\n");
    assertFails("page_visit.parquet", "wanted a Parquet file");
  }

  @Test
  void namesAParquetFileThatIsCutShort() throws IOException {
    Path file = data.resolve("product_buy.parquet");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertFails("product_buy.parquet", "truncated");
  }

  @Test
  void namesAParquetFileWhosePagesAreDamaged() throws IOException {
    Path file = data.resolve("product_buy.parquet");
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4, 60, (byte) 0xff);
    Files.write(file, bytes);
    assertFails("product_buy.parquet", "cannot be read as Parquet");
  }

  @Test
  void namesAWorkspaceThatCannotBeWritten() throws IOException {
    workspace = temp.resolve("file/workspace");
    Files.writeString(temp.resolve("file"), "not a folder");
    PluginException failure = failure(data, Mode.SUBMIT, () -> false);
    assertThat(failure.code()).isEqualTo(ErrorCode.IO);
    assertThat(failure).hasMessageContainingAll("stores", "cannot be written", "workspace");
  }

  @Test
  void stopsWhenCancelledAndLeavesNothing() {
    AtomicInteger calls = new AtomicInteger();
    PluginException failure = failure(data, Mode.SUBMIT, () -> calls.incrementAndGet() > 5);
    assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  void saysThatTheMemoryLimitIsTooSmall() throws IOException {
    ShopFixture.random(data, 3_000, 4);
    try (HostMemory small = HostMemory.withLimit(4_000)) {
      StoreOptions options =
          new StoreOptions(small.work(), 1, ProgressDisplay.silent(), () -> false);
      PluginException failure =
          catchThrowableOfType(
              PluginException.class,
              () -> EventStore.open(new DataSource(data, Mode.SUBMIT), workspace, options).close());
      assertThat(failure.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
      assertThat(failure).hasMessageContaining("raise the limit");
    }
  }
}
