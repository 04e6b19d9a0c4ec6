package dev.tessera.plugin.llm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.neural.Facts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The vectors of the texts done so far, in a folder that outlives a killed run: {@code vectors.f32}
 * (float32, row after row, little endian) and {@code done.txt} with their number, which is written
 * after the rows are safe.
 */
final class KeptVectors implements TextVectors {

  private static final String FOLDER = "texts-";
  private static final String DONE = "done";

  private final Path folder;
  private final int width;
  private final FileChannel file;
  private final ByteBuffer row;
  private int done;

  /**
   * Opens the vectors of some texts by some model; drops those of others.
   *
   * @param parent the folder that outlives the run
   * @param identity what the vectors are made of, as digits for a folder's name
   */
  KeptVectors(Path parent, String identity, int width) {
    this.folder = parent.resolve(FOLDER + identity);
    this.width = width;
    this.row = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try {
      dropOthers(parent);
      Files.createDirectories(folder);
      this.file =
          FileChannel.open(
              folder.resolve("vectors.f32"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      int said = Files.exists(doneFile()) ? (int) Facts.read(doneFile()).whole(DONE) : 0;
      this.done = (int) Math.min(said, file.size() / ((long) width * Float.BYTES));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void dropOthers(Path parent) throws IOException {
    List<Path> others;
    try (Stream<Path> children = Files.list(parent)) {
      others =
          children
              .filter(child -> child.getFileName().toString().startsWith(FOLDER))
              .filter(child -> !child.equals(folder))
              .toList();
    }
    for (Path other : others) {
      try (Stream<Path> files = Files.walk(other)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  @Override
  public int done() {
    return done;
  }

  @Override
  public void add(float[] vectors, int texts) {
    ByteBuffer bytes =
        ByteBuffer.allocate(texts * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vectors, 0, texts * width);
    try {
      long at = (long) done * width * Float.BYTES;
      while (bytes.hasRemaining()) {
        at += file.write(bytes, at);
      }
      file.force(false);
      Path next = folder.resolve("done.tmp");
      new Facts(Map.of(DONE, String.valueOf(done + texts))).write(next);
      Files.move(
          next, doneFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(e);
    }
    done += texts;
  }

  @Override
  public void read(int text, float[] vector) {
    row.clear();
    try {
      long at = (long) text * width * Float.BYTES;
      while (row.hasRemaining()) {
        int count = file.read(row, at + row.position());
        if (count < 0) {
          throw new IOException("the file ends before vector " + text);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
    row.flip().asFloatBuffer().get(vector);
  }

  private Path doneFile() {
    return folder.resolve("done.txt");
  }

  private PluginException failed(IOException e) {
    return new PluginException(
        ErrorCode.IO, folder + ": vectors cannot be kept here: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
