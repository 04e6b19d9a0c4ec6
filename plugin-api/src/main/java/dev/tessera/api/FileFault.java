package dev.tessera.api;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says to a user why a file cannot be read or written: Java's own messages are often a path alone.
 */
public final class FileFault {

  /** What {@code java.io} says: the path, and the system's reason in brackets. */
  private static final Pattern NOT_FOUND = Pattern.compile(".*\\((.+)\\)");

  private FileFault() {}

  /**
   * A failure with the code {@link ErrorCode#IO}, {@code FILE: WHAT: why}.
   *
   * @param file what the work was about
   * @param what cannot be done, {@code cannot be written}
   */
  public static PluginException of(Path file, String what, IOException cause) {
    return new PluginException(
        ErrorCode.IO, "%s: %s: %s".formatted(file, what, reason(file, cause)), cause);
  }

  /**
   * Why, on one line.
   *
   * @param named the file or folder that the message names; another one that is at fault is named
   *     in the reason
   */
  public static String reason(Path named, IOException cause) {
    return cause instanceof FileSystemException system
            && system.getFile() != null
            && Path.of(system.getFile()).equals(named)
        ? bare(cause)
        : reason(cause);
  }

  /** Why, on one line, and with which file if the system says it. */
  public static String reason(IOException cause) {
    return cause instanceof FileSystemException system && system.getFile() != null
        ? bare(cause) + " (" + system.getFile() + ")"
        : bare(cause);
  }

  private static String bare(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileAlreadyExistsException existing) {
      boolean folder = existing.getFile() != null && Files.isDirectory(Path.of(existing.getFile()));
      return folder ? "there is a folder of that name" : "there is a file of that name";
    }
    if (cause instanceof NotDirectoryException) {
      return "it is no folder";
    }
    if (cause instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    if (cause instanceof FileSystemException system) {
      return firstLine(system.getReason());
    }
    if (cause instanceof CharacterCodingException) {
      return "it is no UTF-8 text";
    }
    if (cause instanceof FileNotFoundException && cause.getMessage() != null) {
      Matcher why = NOT_FOUND.matcher(cause.getMessage());
      return why.matches() ? why.group(1) : firstLine(cause.getMessage());
    }
    if (cause instanceof EOFException) {
      return "it ends too early";
    }
    return firstLine(cause.getMessage());
  }

  private static String firstLine(String text) {
    return text == null || text.isBlank()
        ? "the system gives no reason"
        : text.strip().lines().findFirst().orElseThrow();
  }
}
