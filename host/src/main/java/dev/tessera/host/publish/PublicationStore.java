package dev.tessera.host.publish;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.files.VersionFolders;
import dev.tessera.host.files.VersionLock;
import dev.tessera.host.pipeline.Folders;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.pipeline.StepRecord;
import dev.tessera.host.store.EmbeddingFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of published versions, {@code STORE/NAME/VERSION}. Every change is one atomic step on
 * disk, so that several processes may publish, roll back, retire and serve at once. Stateless: each
 * call reads the folder.
 */
public final class PublicationStore {

  /** A name is a folder too, and what comes before the slash in {@code profiles/stats}. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,99}");

  private final Path root;

  /** A store; the folder need not exist yet. */
  public PublicationStore(Path root) {
    this.root = root;
  }

  /** The folder. */
  public Path root() {
    return root;
  }

  /** Puts a version together in a folder. */
  @FunctionalInterface
  public interface VersionWriter {
    /** Writes a run's folder: manifest and steps. */
    void write(RunFolder folder);
  }

  /** The names that have a version, in alphabetical order. */
  public List<String> names() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(root)) {
      return children
          .map(child -> child.getFileName().toString())
          .filter(name -> NAME.matcher(name).matches() && !folders(name).offered().isEmpty())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileFault.of(root, "cannot be listed", e);
    }
  }

  /** The numbers of a name's offered versions, ascending; empty if there is no such name. */
  public SortedSet<Integer> versions(String name) {
    return isName(name) ? folders(name).offered() : new TreeSet<>();
  }

  /** The version that a request gets which names none; empty if there is no such name. */
  public Optional<Integer> defaultVersion(String name) {
    return isName(name) ? folders(name).defaultOf(folders(name).offered()) : Optional.empty();
  }

  /**
   * The version that a request got at a time which named none, though it may have been retired
   * since; empty if there was none.
   */
  public Optional<Integer> defaultAt(String name, Instant time) {
    if (!isName(name)) {
      return Optional.empty();
    }
    VersionFolders folders = folders(name);
    SortedSet<Integer> published = folders.numbers();
    published.removeIf(
        number -> published(name, number).filter(when -> !when.isAfter(time)).isEmpty());
    return folders.defaultAt(time, published);
  }

  /** When a version was published; empty if that cannot be read. */
  private Optional<Instant> published(String name, int version) {
    if (isRetired(name, version)) {
      return folders(name).publishedBeforeRetired(version);
    }
    try {
      return Optional.of(publication(name, version).published());
    } catch (PluginException e) {
      return Optional.empty(); // a broken version is not served, and must not hide the others
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Reads what a version is. */
  public Publication publication(String name, int version) {
    return Publication.read(name, version, folders(name).version(version));
  }

  /** Whether a version was retired. */
  public boolean isRetired(String name, int version) {
    return isName(name) && folders(name).isRetired(version);
  }

  /**
   * Takes a copy of a run as the newest version: hard links where the file system has them, so that
   * it takes no room, and the run may be deleted or made again.
   *
   * @param dimensionMayChange whether steps may have another dimension than in the version before
   * @throws PluginException if the folder holds no results, or a dimension differs
   */
  public Publication publish(RunFolder run, String name, boolean dimensionMayChange) {
    Manifest manifest = run.manifest();
    List<String> steps = run.steps();
    if (steps.isEmpty()) {
      throw new PluginException(
          ErrorCode.INVALID_INPUT,
          "%s: no step has a result to publish; run it again with `tessera run`"
              .formatted(run.path()));
    }
    return add(
        name,
        RunCopy.nameOf(run.path()),
        dimensionMayChange,
        target -> RunCopy.link(run, manifest, steps, target));
  }

  /**
   * Takes a version that the caller writes.
   *
   * @param source what it came from, for lists
   */
  public Publication add(
      String name, String source, boolean dimensionMayChange, VersionWriter writer) {
    requireName(name);
    Folders.sweep(root);
    Path aside = Folders.aside(root.resolve("version"));
    try {
      RunFolder whole = new RunFolder(aside);
      writer.write(whole);
      Map<String, Integer> dimensions = dimensions(whole);
      Optional<String> main = mainStep(whole);
      if (!dimensionMayChange) {
        checkDimensions(name, source, main, dimensions);
      }
      Publication.write(aside, now(), source, main, dimensions);
      Folders.create(root.resolve(name)); // only now: what is refused leaves no name
      return publication(name, folders(name).add(aside));
    } finally {
      Folders.delete(aside);
    }
  }

  /**
   * Makes an older version the default, until a newer one is published.
   *
   * @throws PluginException INVALID_CONFIG if there is no such version; lists those there are
   */
  public void rollback(String name, int version) {
    SortedSet<Integer> offered = requireVersion(name, version);
    folders(name).pointTo(version, offered.last(), now());
  }

  /**
   * Takes a version out of offer. Its files stay until {@link #clearRetired}: streams may still
   * read them.
   *
   * @throws PluginException if there is no such version, or it is the default and not the only one
   */
  public void retire(String name, int version) {
    SortedSet<Integer> offered = requireVersion(name, version);
    if (offered.size() > 1 && folders(name).defaultOf(offered).equals(Optional.of(version))) {
      throw new PluginException(
          ErrorCode.INVALID_INPUT,
          "%s version %d is what clients get now: roll back to another (%s) or publish first"
              .formatted(name, version, without(offered, version)));
    }
    folders(name).retire(version, published(name, version));
  }

  /**
   * Removes the files of a name's retired versions, but for those that a server still reads: it
   * removes them itself.
   */
  public void clearRetired(String name) {
    VersionFolders folders = folders(name);
    folders.numbers().stream().filter(folders::isRetired).forEach(folders::clearUnlessHeld);
  }

  /** Removes the files of one version if it is retired and nobody holds it any more. */
  public void clearRetired(Publication publication) {
    VersionFolders folders = folders(publication.name());
    if (folders.isRetired(publication.version())) {
      folders.clearUnlessHeld(publication.version());
    }
  }

  /** Holds a version's files until closed: {@link #clearRetired} leaves them, in any process. */
  public VersionLock hold(Publication publication) {
    return VersionLock.shared(publication.folder());
  }

  private SortedSet<Integer> requireVersion(String name, int version) {
    SortedSet<Integer> offered = versions(name);
    if (offered.isEmpty()) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "nothing is published as '%s' in %s; there are: %s"
              .formatted(name, root, names().isEmpty() ? "none" : String.join(", ", names())));
    }
    if (!offered.contains(version)) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s has no version %d%s; there are: %s"
              .formatted(
                  name,
                  version,
                  folders(name).isRetired(version) ? " any more, it was retired" : "",
                  without(offered, version)));
    }
    return offered;
  }

  private static String without(Set<Integer> versions, int left) {
    return versions.stream()
        .filter(version -> version != left)
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  /** What a name gave before, the name alone and each of its steps, must not change its shape. */
  private void checkDimensions(
      String name, String source, Optional<String> main, Map<String, Integer> dimensions) {
    SortedSet<Integer> offered = versions(name);
    if (offered.isEmpty()) {
      return;
    }
    Publication before = publication(name, offered.last());
    dimensions.forEach(
        (step, dimension) -> check(step, source, dimension, before, before.dimensions().get(step)));
    if (main.isPresent() && before.main().isPresent()) {
      int dimension = dimensions.get(main.get());
      check(main.get(), source, dimension, before, before.dimensions().get(before.main().get()));
    }
  }

  private static void check(
      String step, String source, int dimension, Publication before, Integer was) {
    if (was != null && was != dimension) {
      throw new PluginException(
          ErrorCode.INVALID_INPUT,
          "%s of %s has dimension %d, in %s it has %d: use another name; under this one it changes only by `tessera publish --allow-dimension-change` on the server's store, or by DoAction publish with allow_dimension_change"
              .formatted(step, source, dimension, before, was));
    }
  }

  private static Map<String, Integer> dimensions(RunFolder run) {
    Map<String, Integer> dimensions = new LinkedHashMap<>();
    run.steps().forEach(step -> dimensions.put(step, record(run, step).dimension()));
    return dimensions;
  }

  private static StepRecord record(RunFolder run, String step) {
    EmbeddingFolder folder = run.step(run.manifest().data().mode(), step);
    return StepRecord.read(folder);
  }

  /** The last merge that no other step reads; without a merge, the only step there is. */
  private static Optional<String> mainStep(RunFolder run) {
    List<String> steps = run.steps();
    List<String> merges = new ArrayList<>();
    for (String step : steps) {
      List<String> inputs = record(run, step).inputs();
      merges.removeAll(inputs);
      if (!inputs.isEmpty()) {
        merges.add(step);
      }
    }
    if (!merges.isEmpty()) {
      return Optional.of(merges.get(merges.size() - 1));
    }
    return steps.size() == 1 ? Optional.of(steps.get(0)) : Optional.empty();
  }

  private static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private static void requireName(String name) {
    if (!isName(name)) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "a name to publish under must be lower case, digits, _ and -, was '%s'".formatted(name));
    }
  }

  private VersionFolders folders(String name) {
    return new VersionFolders(root.resolve(name));
  }
}
