package dev.tessera.host.data;

import java.nio.file.Path;
import org.apache.arrow.vector.FieldVector;

/**
 * Decodes times that are text; an error names the file and the row. Not safe for several threads.
 */
final class TextTimeDecoder implements LongDecoder {

  private final Path file;
  private final String column;
  private final TextBatch texts = new TextBatch();

  TextTimeDecoder(Path file, String column) {
    this.file = file;
    this.column = column;
  }

  @Override
  public void decode(FieldVector vector, long firstRow, long[] into) {
    texts.load(vector);
    for (int i = 0; i < texts.rows(); i++) {
      if (texts.isNull(i)) {
        continue;
      }
      into[i] = TimestampText.parse(texts.utf8(), texts.start(i), texts.end(i));
      if (into[i] == TimestampText.INVALID) {
        throw DataFault.invalidValue(
            file,
            column,
            firstRow + i,
            "wanted a time like '2022-06-23 14:05:59', found '" + texts.excerpt(i) + "'");
      }
    }
  }
}
