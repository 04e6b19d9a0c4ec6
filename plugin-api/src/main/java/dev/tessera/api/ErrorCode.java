package dev.tessera.api;

/** The kinds of failure that a plugin or the host tells apart. */
public enum ErrorCode {
  /** A configuration or an argument that cannot work, such as the name of what does not exist. */
  INVALID_CONFIG,
  /** Input data that is missing, malformed, or not what was wanted. */
  INVALID_DATA,
  /** Another step's embedding that is missing or of the wrong shape. */
  INVALID_INPUT,
  /** A saved model of another plugin, version or configuration. */
  INCOMPATIBLE_MODEL,
  /** An embedding that breaks the contract: order, dimension, NaN, infinity. */
  INVALID_OUTPUT,
  /** Not enough memory within the limit. */
  OUT_OF_MEMORY,
  /** A file that cannot be read or written. */
  IO,
  /** The run was cancelled. */
  CANCELLED,
  /** A device or library that is asked for and not there. */
  UNAVAILABLE,
  /** A fault of the program itself. */
  INTERNAL
}
