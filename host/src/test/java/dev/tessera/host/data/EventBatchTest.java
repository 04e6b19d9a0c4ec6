package dev.tessera.host.data;

import static dev.tessera.host.data.ParquetFixture.FLOAT64;
import static dev.tessera.host.data.ParquetFixture.INT32;
import static dev.tessera.host.data.ParquetFixture.INT64;
import static dev.tessera.host.data.ParquetFixture.MICROS;
import static dev.tessera.host.data.ParquetFixture.TEXT;
import static dev.tessera.host.data.ParquetFixture.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.ParquetFixture.Column;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a batch of events may not be: one clear line each. */
class EventBatchTest {

  private static final Column CLIENT = column("client_id", INT64, 1L, 2L);
  private static final Column TIME = column("timestamp", MICROS, 1L, 2L);
  private static final Column KIND = column("kind", TEXT, "page_visit", "product_buy");
  private static final Column URL = column("url", INT64, 4L, null);
  private static final Column SKU = column("sku", INT64, null, 5L);

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void failOnBytesLeft() {
    allocator.close();
  }

  @Test
  void keepsTheOrderOfTheClients() {
    assertThat(
            read(
                    4,
                    3,
                    column("client_id", INT64, 9L, 2L, 9L, -1L),
                    column("timestamp", MICROS, 1L, 2L, 3L, 4L),
                    column("kind", TEXT, "page_visit", "page_visit", "page_visit", "page_visit"),
                    column("url", INT64, 1L, 1L, 1L, 1L))
                .clients())
        .containsExactly(9, 2, -1);
  }

  @Test
  void refusesOtherColumnsAndSaysWhatWasWantedAndFound() {
    refused(
        "found client_id int64, timestamp timestamp of unit microsecond, url int64",
        CLIENT,
        TIME,
        URL);
    refused(
        "found client_id int32, timestamp",
        column("client_id", INT32, 1L, 2L),
        TIME,
        KIND,
        URL,
        SKU);
    refused("sku float64", CLIENT, TIME, KIND, URL, column("sku", FLOAT64, null, 5.0));
    refused("sku_id int64", CLIENT, TIME, KIND, URL, column("sku_id", INT64, null, 5L));
    refused(
        "wanted the columns client_id int64, timestamp (timestamp of any unit, or text), kind text",
        CLIENT);
    refused("found none");
  }

  @Test
  void refusesNullsAndNamesColumnAndRow() {
    refused(
        "column client_id, row 1 (from 0): wanted a value, found null",
        column("client_id", INT64, 1L, null),
        TIME,
        KIND,
        URL,
        SKU);
    refused(
        "column timestamp, row 0 (from 0): wanted a value, found null",
        CLIENT,
        column("timestamp", MICROS, null, 1L),
        KIND,
        URL,
        SKU);
    refused(
        "column kind, row 0 (from 0): wanted a value, found null",
        CLIENT,
        TIME,
        column("kind", TEXT, null, "product_buy"),
        URL,
        SKU);
    refused(
        "column sku, row 1 (from 0): wanted a value, found null",
        CLIENT,
        TIME,
        KIND,
        URL,
        column("sku", INT64, 5L, null));
  }

  @Test
  void refusesUnknownTablesTimesAndQueries() {
    refused(
        "column kind, row 1 (from 0): wanted one of product_buy, add_to_cart, remove_from_cart, page_visit, search_query, found 'purchase'",
        CLIENT,
        TIME,
        column("kind", TEXT, "page_visit", "purchase"),
        URL,
        SKU);
    refused(
        "column timestamp, row 1 (from 0): wanted a time like '2022-06-23 14:05:59', found 'yesterday'",
        CLIENT,
        column("timestamp", TEXT, "2022-06-23 14:05:59", "yesterday"),
        KIND,
        URL,
        SKU);
    refused(
        "column query, row 0 (from 0): wanted 16 numbers 0..255 like '[ 12   3 255 …]', found 2 in '[1 2]'",
        CLIENT,
        TIME,
        column("kind", TEXT, "search_query", "product_buy"),
        SKU,
        column("query", TEXT, "[1 2]", null));
    refused(
        "row 1 (from 0) is a product_buy, whose item is in the column sku: the batch has no such column",
        CLIENT,
        TIME,
        KIND,
        URL);
  }

  @Test
  void refusesNoEventsAndTooMany() {
    refused(
        "wanted at least one event in a batch, found none",
        column("client_id", INT64),
        column("timestamp", MICROS),
        column("kind", TEXT));
    refused(
        "wanted at most 3 events in a batch, found 4: send fewer clients at once",
        column("client_id", INT64, 1L, 1L, 1L, 1L),
        column("timestamp", MICROS, 1L, 1L, 1L, 1L),
        column("kind", TEXT, "page_visit", "page_visit", "page_visit", "page_visit"),
        column("url", INT64, 1L, 1L, 1L, 1L));
    refused(
        "wanted events of at most 2 clients in a batch, found 3: send them in several batches",
        column("client_id", INT64, 1L, 2L, 3L),
        column("timestamp", MICROS, 1L, 1L, 1L),
        column("kind", TEXT, "page_visit", "page_visit", "page_visit"),
        column("url", INT64, 1L, 1L, 1L));
  }

  private EventBatch read(int events, int clients, Column... columns) {
    try (VectorSchemaRoot batch = ParquetFixture.root(allocator, List.of(columns))) {
      return EventBatch.read(batch, new EventBatch.Limits(events, clients));
    }
  }

  private void refused(String message, Column... columns) {
    assertThatThrownBy(() -> read(3, 2, columns))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
