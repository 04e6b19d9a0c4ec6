package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;

/**
 * What the model keeps of one event table: the reference points of the days and differences, and
 * the popularity of what its rows hold. Only rows of relevant clients count.
 *
 * @param kind the table
 * @param rows the number of rows; if 0, the two times mean nothing
 * @param firstMicros the time of the table's first event
 * @param lastMicros the time of the table's last event
 * @param items rows per sku or url
 * @param categories rows per category, empty for page visits
 */
record FittedTable(
    EventKind kind,
    long rows,
    long firstMicros,
    long lastMicros,
    Popularity items,
    Popularity categories) {}
