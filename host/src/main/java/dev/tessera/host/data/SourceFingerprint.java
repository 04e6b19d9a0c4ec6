package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells whether a source is the one a store was built from, without reading its data: size, time
 * and footer checksum of each Parquet file, the content of the client list, the mode, and the
 * format of the store. Where the folder lies does not count.
 *
 * @param value 32 hexadecimal digits, good as a folder's name
 * @param sources what it was computed from
 */
record SourceFingerprint(String value, List<StoreSummary.Source> sources) {

  private static final int HEX_DIGITS = 32;

  /** Computes it; reads a few kilobytes of each file. */
  static SourceFingerprint of(DataSource source) {
    List<StoreSummary.Source> sources = new ArrayList<>();
    for (EventKind kind : EventKind.values()) {
      sources.add(parquet(source.eventFile(kind)));
    }
    sources.add(parquet(source.productFile()));
    sources.add(clientList(source.relevantClientsFile()));
    StringBuilder text = new StringBuilder();
    text.append("format ").append(StoreFiles.FORMAT).append(" mode ").append(source.mode());
    sources.forEach(file -> text.append('\n').append(file));
    byte[] digest = sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8));
    String hex = HexFormat.of().formatHex(digest);
    return new SourceFingerprint(hex.substring(0, HEX_DIGITS), List.copyOf(sources));
  }

  private static StoreSummary.Source parquet(Path file) {
    if (!Files.exists(file)) {
      return absent(file);
    }
    try {
      return new StoreSummary.Source(
          name(file),
          true,
          Files.size(file),
          Files.getLastModifiedTime(file).toMillis(),
          Long.toHexString(ParquetFooter.read(file).crc32()));
    } catch (IOException e) {
      throw DataFault.unreadable(file, e);
    }
  }

  private static StoreSummary.Source clientList(Path file) {
    if (!Files.exists(file)) {
      return absent(file);
    }
    try {
      byte[] content = Files.readAllBytes(file);
      String checksum = HexFormat.of().formatHex(sha256().digest(content));
      return new StoreSummary.Source(name(file), true, content.length, 0, checksum);
    } catch (IOException e) {
      throw DataFault.unreadable(file, e);
    }
  }

  private static StoreSummary.Source absent(Path file) {
    return new StoreSummary.Source(name(file), false, 0, 0, "");
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
