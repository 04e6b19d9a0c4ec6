package dev.tessera.host.natives;

/**
 * How many bits the Vector API works on at a time here. By reflection: the host itself is compiled
 * without the incubating module.
 */
final class VectorBits {

  static final String MODULE = "jdk.incubator.vector";

  private VectorBits() {}

  /** The preferred number; the module must be loaded. */
  static int preferred() {
    try {
      Object species =
          Class.forName(MODULE + ".FloatVector").getField("SPECIES_PREFERRED").get(null);
      return (int)
          Class.forName(MODULE + ".VectorSpecies").getMethod("vectorBitSize").invoke(species);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(MODULE + " is not as Java 17 to 25 have it", e);
    }
  }
}
