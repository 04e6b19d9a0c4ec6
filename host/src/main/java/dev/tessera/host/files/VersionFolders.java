package dev.tessera.host.files;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The versions of one name: folders {@code 1}, {@code 2}, … A version comes with one rename and
 * goes with one new file in it, {@code retired}; the empty folder stays, so that its number is
 * never given again. A small file {@code default} points back to an older version.
 *
 * @param path the name's folder
 */
public record VersionFolders(Path path) {

  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");
  private static final String RETIRED = "retired";
  private static final String DEFAULT = "default";

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

  /** Marks a version as retired; true if it was not before. */
  public boolean retire(int number) {
    try {
      Files.createFile(version(number).resolve(RETIRED));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw failed("cannot retire version " + number, e);
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

  /** Makes an older version the default, until a newer one than there is now is published. */
  public void pointTo(int number, int newest) {
    Path file = path.resolve(DEFAULT);
    Path aside = path.resolve(DEFAULT + WriterMark.of("aside"));
    try {
      Files.writeString(aside, number + " " + newest + "\n");
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed("cannot change the default version", e);
    }
  }

  /** The default version: the newest, unless the last publish was rolled back. */
  public Optional<Integer> defaultOf(SortedSet<Integer> offered) {
    if (offered.isEmpty()) {
      return Optional.empty();
    }
    try {
      String[] pointer =
          Files.readString(path.resolve(DEFAULT), StandardCharsets.UTF_8).strip().split(" ");
      int number = Integer.parseInt(pointer[0]);
      if (offered.contains(number) && offered.last() <= Integer.parseInt(pointer[1])) {
        return Optional.of(number);
      }
    } catch (NoSuchFileException e) {
      return Optional.of(offered.last());
    } catch (IOException | RuntimeException e) {
      throw failed("cannot read which version is the default", e);
    }
    return Optional.of(offered.last());
  }

  private PluginException failed(String what, Exception e) {
    return new PluginException(
        ErrorCode.IO,
        "%s: %s (%s: %s)".formatted(path, what, e.getClass().getSimpleName(), e.getMessage()),
        e);
  }
}
