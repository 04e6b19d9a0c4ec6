package dev.tessera.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Modules of TorchScript from their text, without Python: the archive that PyTorch loads is a zip
 * of the code, of a pickled object without attributes, and of an empty tuple of constants.
 */
final class TorchScript implements AutoCloseable {

  private static final String HEAD =
      """
      class Program(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  /** Protocol 2: an object of {@code __torch__.Program} with {@code {"training": True}}. */
  private static final String OBJECT =
      "\u0080\u0002c__torch__\nProgram\n)\u0081}X\u0008\u0000\u0000\u0000training\u0088sb.";

  private static final String NO_CONSTANTS = "\u0080\u0002).";
  private static final String FORMAT = "3\n";

  private final PtNDManager manager;
  private final PtSymbolBlock program;

  /**
   * Loads a program, whose memory belongs to the manager.
   *
   * @param methods as TorchScript prints them, indented by two spaces, {@code torch.NAME} for an
   *     operator and numbers for types (6: float32, 15: bfloat16)
   */
  TorchScript(PtNDManager manager, String methods) {
    this.manager = manager;
    this.program = load(manager, methods);
  }

  /** What a method returns, to be closed; PyTorch refuses to change it in place. */
  NDArray run(String method, NDArray... arguments) {
    return run(method, IValue::from, arguments);
  }

  /** As {@link #run}, for a method that takes each argument as a list of one array. */
  NDArray runOnLists(String method, NDArray... arguments) {
    return run(method, IValue::listFrom, arguments);
  }

  private NDArray run(String method, Function<PtNDArray, IValue> value, NDArray... arguments) {
    IValue[] values =
        Arrays.stream(arguments).map(a -> value.apply((PtNDArray) a)).toArray(IValue[]::new);
    try (IValue result = IValueUtils.runMethod(program, method, values)) {
      return result.toTensor(manager);
    } finally {
      for (IValue argument : values) {
        argument.close();
      }
    }
  }

  private static PtSymbolBlock load(PtNDManager manager, String methods) {
    // operators stay as they are written; compiling them anew would cost the first calls dearly
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return JniUtils.loadModule(
          manager, new ByteArrayInputStream(archive(HEAD + methods)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] archive(String code) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "data.pkl", OBJECT.getBytes(ISO_8859_1));
      add(zip, "code/__torch__.py", code.getBytes(UTF_8));
      add(zip, "constants.pkl", NO_CONSTANTS.getBytes(ISO_8859_1));
      add(zip, "version", FORMAT.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(content);
    ZipEntry entry = new ZipEntry("program/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  @Override
  public void close() {
    program.close();
  }
}
