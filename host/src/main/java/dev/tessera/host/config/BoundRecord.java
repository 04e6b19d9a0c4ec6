package dev.tessera.host.config;

import java.util.List;

/**
 * A configuration record and where each of its values came from.
 *
 * @param record the record
 * @param values all leaf values, defaults included, in the order of the components
 */
public record BoundRecord<C extends Record>(C record, List<BoundValue> values) {

  /** Copies the values. */
  public BoundRecord {
    values = List.copyOf(values);
  }
}
