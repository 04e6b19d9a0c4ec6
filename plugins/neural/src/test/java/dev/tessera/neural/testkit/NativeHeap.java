package dev.tessera.neural.testkit;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/**
 * What is allocated in glibc's heap, where PyTorch keeps its arrays. Resident memory would not do:
 * glibc gives pages back and takes them again as it likes, 100 MB at once.
 */
final class NativeHeap {

  private NativeHeap() {}

  /** Whether the C library is glibc 2.33 or later. */
  static boolean isReadable() {
    try {
      mallinfo2();
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Of all arenas, and of the large blocks that are mapped one by one. */
  static long bytesInUse() {
    MallInfo2 info = (MallInfo2) mallinfo2().invoke(MallInfo2.class, new Object[0]);
    return info.uordblks + info.hblkhd;
  }

  private static Function mallinfo2() {
    return NativeLibrary.getInstance(Platform.C_LIBRARY_NAME).getFunction("mallinfo2");
  }

  /** {@code struct mallinfo2} of malloc.h; the names are its own. */
  @FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class MallInfo2 extends Structure implements Structure.ByValue {
    public long arena;
    public long ordblks;
    public long smblks;
    public long hblks;
    public long hblkhd;
    public long usmblks;
    public long fsmblks;
    public long uordblks;
    public long fordblks;
    public long keepcost;
  }
}
