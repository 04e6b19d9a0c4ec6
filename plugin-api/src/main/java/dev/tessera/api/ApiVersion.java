package dev.tessera.api;

/**
 * The version of this contract. A plugin jar's {@code Plugin-Requires} is checked against it: while
 * the major version is 0, a change of the minor version breaks plugins.
 */
public final class ApiVersion {

  /** The version, as in {@code Plugin-Requires: >=0.1.0 & <0.2.0}. */
  public static final String CURRENT = "0.1.0";

  private ApiVersion() {}
}
