package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.RowRange;

/** A part that is written to its place in the whole array at once. */
final class PlacedPart implements PartTarget {

  private final NpyFetchedFile array;
  private final RowRange range;
  private long next;

  PlacedPart(NpyFetchedFile array, RowRange range) {
    this.array = array;
    this.range = range;
  }

  @Override
  public void begin() {
    next = range.from();
  }

  @Override
  public void write(EmbeddingRows rows) {
    if (next + rows.size() > range.to()) {
      throw wrong(next + rows.size()); // they would be on the next part's place
    }
    array.writeAt(next, rows);
    next += rows.size();
  }

  @Override
  public void end() {
    if (next != range.to()) {
      throw wrong(next);
    }
  }

  private PluginException wrong(long end) {
    return new PluginException(
        ErrorCode.IO,
        "wanted rows %d to %d in one stream, it came to %d: fetch again"
            .formatted(range.from(), range.to(), end));
  }
}
