package dev.tessera.host.data;

import java.util.List;
import java.util.Map;

/**
 * What is in a store, counted while it was built; kept beside it as {@code store.json}, which is
 * written last. Times are text, {@code 2022-06-23T14:05:59Z}, empty where there are no rows.
 *
 * @param format version of the store's files
 * @param fingerprint of the source
 * @param mode which events of the folder, {@code submit} or {@code local}
 * @param sources the files it was made from
 * @param clients the clients
 * @param tables the event tables, in the order of {@link dev.tessera.api.EventKind}
 * @param products the products
 * @param warnings what the user should know about the source, one line each
 * @param files the store's files and their sizes in bytes
 */
public record StoreSummary(
    int format,
    String fingerprint,
    String mode,
    List<Source> sources,
    Clients clients,
    List<Table> tables,
    Products products,
    List<String> warnings,
    Map<String, Long> files) {

  /** Makes the lists immutable. */
  public StoreSummary {
    sources = List.copyOf(sources);
    tables = List.copyOf(tables);
    warnings = List.copyOf(warnings);
  }

  /** The bytes of all data files. */
  public long sizeBytes() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * A file of the source.
   *
   * @param name without its folder
   * @param present whether it is there
   * @param sizeBytes its size, 0 if absent
   * @param modifiedMillis when it was last modified, milliseconds since 1970, 0 if absent
   * @param checksum of the Parquet footer, or of the whole file for others; empty if absent
   */
  public record Source(
      String name, boolean present, long sizeBytes, long modifiedMillis, String checksum) {}

  /**
   * The clients.
   *
   * @param total all that have an event or are relevant
   * @param relevant those whose profiles are asked for
   * @param relevantWithEvents those of them that have an event
   * @param listed whether the source has a list of relevant clients; else all are relevant
   */
  public record Clients(int total, int relevant, int relevantWithEvents, boolean listed) {}

  /**
   * An event table.
   *
   * @param name the table
   * @param present whether the source has the file
   * @param rows the events
   * @param droppedRows rows that were left out since a value is null
   * @param clients clients with events in this table
   * @param item the item column
   * @param distinctItems distinct skus, urls or queries
   * @param unknownRows events whose sku is not in the product file
   * @param nulls null values by column
   * @param first the earliest time
   * @param last the latest time
   */
  public record Table(
      String name,
      boolean present,
      long rows,
      long droppedRows,
      long clients,
      String item,
      long distinctItems,
      long unknownRows,
      Map<String, Long> nulls,
      String first,
      String last) {}

  /**
   * The products.
   *
   * @param present whether the source has the product file
   * @param rows its rows
   * @param skus distinct skus in events and product file
   * @param unknownSkus those of them that the product file does not have
   * @param categories distinct categories
   * @param prices distinct price buckets
   * @param nulls null values by column
   */
  public record Products(
      boolean present,
      long rows,
      long skus,
      long unknownSkus,
      long categories,
      long prices,
      Map<String, Long> nulls) {}
}
