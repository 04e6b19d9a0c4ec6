/**
 * The event store: a shop's Parquet files once sorted and encoded, kept as Arrow files, and mapped.
 *
 * <p>{@link dev.tessera.host.data.EventStore} opens one, {@link dev.tessera.host.data.StoreBuilder}
 * makes it: every column is read once, its values replaced by codes in the order of appearance
 * ({@link dev.tessera.host.data.IdDictionary}, {@link dev.tessera.host.data.TextDictionary}); when
 * all are known, {@link dev.tessera.host.data.EventPlacement} puts each row to its place.
 */
package dev.tessera.host.data;
