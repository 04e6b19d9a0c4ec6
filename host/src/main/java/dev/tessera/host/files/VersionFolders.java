package dev.tessera.host.files;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The versions of one name: folders {@code 1}, {@code 2}, … A version comes with one rename and
 * goes with one new file in it, {@code retired}; the empty folder stays, so that its number is
 * never given again. A small file {@code default} has a line for each time that it was pointed back
 * to an older version, and the last one counts.
 *
 * @param path the name's folder
 */
public record VersionFolders(Path path) {

  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");
  private static final String RETIRED = "retired";
  private static final String DEFAULT = "default";

  /** What a roll-back's line may begin with, where it is cut short. */
  private static final Pattern CUT_SHORT = Pattern.compile("\\d* ?\\d* ?[\\dTZ:.-]*");

  /** The folder of a version. */
  public Path version(int number) {
    return path.resolve(String.valueOf(number));
  }

  /** All numbers that were ever given, ascending. */
  public SortedSet<Integer> numbers() {
    SortedSet<Integer> numbers = new TreeSet<>();
    try (Stream<Path> children = Files.list(path)) {
      children
          .map(child -> child.getFileName().toString())
          .filter(NUMBER.asMatchPredicate())
          .forEach(number -> numbers.add(Integer.valueOf(number)));
    } catch (NoSuchFileException e) {
      return numbers;
    } catch (IOException e) {
      throw failed("cannot be listed", e);
    }
    return numbers;
  }

  /** The numbers of the versions that are offered, ascending. */
  public SortedSet<Integer> offered() {
    SortedSet<Integer> numbers = numbers();
    numbers.removeIf(this::isRetired);
    return numbers;
  }

  /** Whether a version was taken out of offer. */
  public boolean isRetired(int number) {
    return Files.exists(version(number).resolve(RETIRED));
  }

  /** Moves a whole version into place under the next number, which no other publisher then gets. */
  public int add(Path whole) {
    while (true) {
      SortedSet<Integer> numbers = numbers();
      int next = numbers.isEmpty() ? 1 : numbers.last() + 1;
      try {
        Files.move(whole, version(next), StandardCopyOption.ATOMIC_MOVE);
        return next;
      } catch (IOException e) {
        if (!Files.exists(version(next))) {
          throw failed("cannot take a version", e);
        } // another was first: take the number after it
      }
    }
  }

  /**
   * Marks a version as retired; true if it was not before.
   *
   * @param published when it was published, which can then still be told, if it is known
   */
  public boolean retire(int number, Optional<Instant> published) {
    try {
      Files.writeString(
          version(number).resolve(RETIRED),
          published.map(when -> when + "\n").orElse(""),
          StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw failed("cannot retire version " + number, e);
    }
  }

  /** When a retired version was published; empty if that is not known any more. */
  public Optional<Instant> publishedBeforeRetired(int number) {
    try {
      return Optional.of(Instant.parse(Files.readString(version(number).resolve(RETIRED)).strip()));
    } catch (NoSuchFileException | DateTimeParseException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("cannot read when version " + number + " was published", e);
    }
  }

  /** Removes a retired version's files unless a server holds them; its folder stays. */
  public void clearUnlessHeld(int number) {
    List<Path> files = files(number);
    if (files.isEmpty()) {
      return;
    }
    try (VersionLock lock = VersionLock.exclusive(version(number))) {
      if (lock.isHeld()) {
        for (Path file : files) {
          FileTree.delete(file);
        }
        FileTree.delete(version(number).resolve(VersionLock.FILE));
      }
    } catch (IOException e) {
      throw failed("cannot remove version " + number, e);
    }
  }

  private List<Path> files(int number) {
    try (Stream<Path> children = Files.list(version(number))) {
      return children
          .filter(child -> !child.endsWith(RETIRED) && !child.endsWith(VersionLock.FILE))
          .toList();
    } catch (IOException e) {
      throw failed("cannot be listed", e);
    }
  }

  /**
   * Makes an older version the default, until a newer one than there is now is published. Appends
   * one line, so that what was the default before can still be told.
   */
  public void pointTo(int number, int newest, Instant now) {
    String line = "%d %d %s\n".formatted(number, newest, now);
    var unused = pointers(); // a line added to a damaged file would count for nothing
    try {
      Files.writeString(
          path.resolve(DEFAULT), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failed("cannot change the default version", e);
    }
  }

  /** The default version: the newest, unless the last publish was rolled back. */
  public Optional<Integer> defaultOf(SortedSet<Integer> offered) {
    return choose(offered, pointers());
  }

  /**
   * The version that was the default at a time.
   *
   * @param published those that were there by then, since retired ones too
   */
  public Optional<Integer> defaultAt(Instant time, SortedSet<Integer> published) {
    return choose(
        published,
        pointers().stream()
            .filter(pointer -> pointer.since().filter(since -> !since.isAfter(time)).isPresent())
            .toList());
  }

  private static Optional<Integer> choose(SortedSet<Integer> versions, List<Pointer> pointers) {
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    if (!pointers.isEmpty()) {
      Pointer last = pointers.get(pointers.size() - 1);
      if (versions.contains(last.number()) && versions.last() <= last.newest()) {
        return Optional.of(last.number());
      }
    }
    return Optional.of(versions.last());
  }

  /**
   * A roll-back.
   *
   * @param newest the newest version then; the pointer is outdated by a newer one
   * @param since when; empty if it was written by a version of this program that did not say
   */
  private record Pointer(int number, int newest, Optional<Instant> since) {

    static Pointer parse(String line) {
      String[] parts = line.strip().split(" ");
      return new Pointer(
          Integer.parseInt(parts[0]),
          Integer.parseInt(parts[1]),
          parts.length > 2 ? Optional.of(Instant.parse(parts[2])) : Optional.empty());
    }
  }

  /**
   * All roll-backs, in their order.
   *
   * @throws PluginException INVALID_DATA if the file holds anything else
   */
  private List<Pointer> pointers() {
    Path file = path.resolve(DEFAULT);
    String all;
    try {
      all = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("cannot read which version is the default", e);
    }
    // a line without its end is being written, or was when its writer was killed
    int end = all.lastIndexOf('\n') + 1;
    List<Pointer> pointers = new ArrayList<>();
    for (String line : all.substring(0, end).lines().toList()) {
      try {
        pointers.add(Pointer.parse(line));
      } catch (RuntimeException e) {
        throw damaged(file, line, e);
      }
    }
    String rest = all.substring(end);
    if (!CUT_SHORT.matcher(rest).matches()) {
      throw damaged(file, rest, null);
    }
    return pointers;
  }

  private static PluginException damaged(Path file, String line, Exception e) {
    return new PluginException(
        ErrorCode.INVALID_DATA,
        "%s: wanted lines like '2 3 2026-01-31T12:00:00Z' (the default version, the newest then, when), found '%s'; remove the file and roll back again"
            .formatted(file, line.length() > 60 ? line.substring(0, 60) + "…" : line),
        e);
  }

  private PluginException failed(String what, IOException e) {
    return FileFault.of(path, what, e);
  }
}
