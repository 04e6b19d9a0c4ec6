package dev.tessera.host.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses Parquet pages with ZSTD, straight through zstd-jni; Parquet's own codec classes would
 * draw in Hadoop's. Owns native memory until {@link #release}. For one thread.
 */
final class ZstdPageCompressor implements BytesInputCompressor {

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final Page page = new Page();
  private byte[] compressed = new byte[0];

  ZstdPageCompressor(int level) {
    context.setLevel(level);
  }

  /** The result is valid until the next call; Parquet's page store copies it before that. */
  @Override
  public BytesInput compress(BytesInput input) throws IOException {
    page.reset();
    input.writeAllTo(page);
    int bound = Math.toIntExact(Zstd.compressBound(page.size()));
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    int sizeBytes = page.compressTo(compressed, context);
    return BytesInput.from(compressed, 0, sizeBytes);
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.ZSTD;
  }

  @Override
  public void release() {
    context.close();
  }

  /** Lends its array to the compressor, which saves a copy of every page. */
  private static final class Page extends ByteArrayOutputStream {
    synchronized int compressTo(byte[] target, ZstdCompressCtx context) {
      return context.compressByteArray(target, 0, target.length, buf, 0, count);
    }
  }
}
