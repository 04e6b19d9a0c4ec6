package dev.tessera.host.flight;

import dev.tessera.api.PluginException;
import dev.tessera.client.VersionChoice;
import dev.tessera.host.publish.Publication;
import dev.tessera.host.publish.PublicationStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What is published in a store, mapped, and kept up to date by a thread of its own: it looks at the
 * folder a few times a second, maps what is new while calls go on with what they have, and then
 * swaps the whole table in.
 */
public final class StoreCatalog implements AutoCloseable {

  private static final Logger LOG = System.getLogger(StoreCatalog.class.getName());
  private static final Duration LOOK = Duration.ofMillis(250);

  private final PublicationStore store;
  private final Optional<ModelOpener> models;
  private final BufferAllocator allocator;
  private final Set<String> broken = new HashSet<>();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "store-watch");
            thread.setDaemon(true);
            return thread;
          });

  private volatile Map<String, Versions> byName = Map.of();

  /**
   * The versions of one name.
   *
   * @param open by number
   * @param chosen the default
   */
  private record Versions(NavigableMap<Integer, OpenVersion> open, int chosen) {

    void letOtherModelsGo() {
      open.forEach(
          (number, version) -> {
            if (number != chosen) {
              version.letModelsGo();
            }
          });
    }

    String list() {
      return open.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
  }

  private StoreCatalog(
      PublicationStore store, Optional<ModelOpener> models, BufferAllocator allocator) {
    this.store = store;
    this.models = models;
    this.allocator = allocator;
  }

  /**
   * Maps what is there and begins to watch.
   *
   * @param models opens a version's models; if given, those of the default versions are kept open,
   *     and those of others while a call embeds by them
   * @param allocator counts the mapped bytes; outlives this object
   */
  public static StoreCatalog open(
      PublicationStore store, Optional<ModelOpener> models, BufferAllocator allocator) {
    StoreCatalog catalog = new StoreCatalog(store, models, allocator);
    try {
      catalog.refresh();
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
    var unused =
        catalog.watch.scheduleWithFixedDelay(
            catalog::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return catalog;
  }

  /** The store that is watched. */
  public PublicationStore store() {
    return store;
  }

  /** Whether events can be embedded by what is published. */
  boolean opensModels() {
    return models.isPresent();
  }

  /** The names that can be asked for: {@code profiles} and {@code profiles/STEP}. */
  List<String> names() {
    return byName.values().stream()
        .flatMap(versions -> versions.open().get(versions.chosen()).names().stream())
        .sorted()
        .toList();
  }

  /**
   * Holds a version of a name.
   *
   * @return empty if there is no such name
   * @throws org.apache.arrow.flight.FlightRuntimeException NOT_FOUND if there is the name, but no
   *     such version of it
   */
  Optional<EmbeddingLease> lease(String name, VersionChoice choice) {
    return held(name, choice, version -> version.lease(name));
  }

  /**
   * Holds the models of a version of a name, and waits while they are being opened.
   *
   * @return empty if there is no such name
   * @throws org.apache.arrow.flight.FlightRuntimeException NOT_FOUND if there is the name, but no
   *     such version of it, or one without a model
   */
  Optional<LiveLease> leaseModels(String name, VersionChoice choice) {
    return held(name, choice, version -> version.leaseModels(name));
  }

  private <T> Optional<T> held(
      String name, VersionChoice choice, Function<OpenVersion, Optional<T>> holder) {
    String published = name.indexOf('/') < 0 ? name : name.substring(0, name.indexOf('/'));
    while (true) {
      Map<String, Versions> now = byName;
      Versions versions = now.get(published);
      if (versions == null) {
        return Optional.empty();
      }
      OpenVersion version = choose(published, versions, choice);
      Optional<T> lease = holder.apply(version);
      if (lease.isPresent() || !version.names().contains(name)) {
        return lease;
      }
      // given up between the two looks: the table has changed
    }
  }

  private OpenVersion choose(String name, Versions versions, VersionChoice choice) {
    if (choice.asOf().isPresent()) {
      return chooseAt(name, versions, choice.asOf().get());
    }
    int number = choice.version().orElse(versions.chosen());
    OpenVersion version = versions.open().get(number);
    if (version == null) {
      throw FlightFailures.notFound(
          "%s has no version %d%s; there are: %s"
              .formatted(
                  name,
                  number,
                  store.isRetired(name, number) ? " any more, it was retired" : "",
                  versions.list()));
    }
    return version;
  }

  private OpenVersion chooseAt(String name, Versions versions, Instant time) {
    Optional<Integer> number = store.defaultAt(name, time);
    if (number.isEmpty()) {
      throw FlightFailures.notFound(
          "no version of %s was published by %s; the oldest, %d, is of %s"
              .formatted(
                  name,
                  time,
                  versions.open().firstKey(),
                  versions.open().firstEntry().getValue().publication().published()));
    }
    OpenVersion version = versions.open().get(number.get());
    if (version == null) {
      throw FlightFailures.notFound(
          "%s version %d was the default at %s and is not served any more; there are: %s"
              .formatted(name, number.get(), time, versions.list()));
    }
    return version;
  }

  private void look() {
    try {
      refresh();
    } catch (RuntimeException | Error e) {
      // what is served now goes on; the next look may find the store readable again
      LOG.log(Level.WARNING, "cannot look at the store: " + e.getMessage());
    }
  }

  /** Takes over what has changed on disk. Returns when it is served. */
  public synchronized void refresh() {
    Map<String, Versions> before = byName;
    Map<String, Versions> after = new TreeMap<>();
    List<OpenVersion> opened = new ArrayList<>();
    try {
      for (String name : store.names()) {
        versions(name, before.get(name), opened).ifPresent(versions -> after.put(name, versions));
      }
    } catch (RuntimeException | Error e) {
      opened.forEach(OpenVersion::release);
      throw e;
    }
    after.values().forEach(versions -> versions.open().get(versions.chosen()).keepModels());
    byName = Collections.unmodifiableMap(after);
    after.values().forEach(Versions::letOtherModelsGo);
    releaseAllBut(after, before);
  }

  private Optional<Versions> versions(String name, Versions before, List<OpenVersion> opened) {
    Optional<Integer> wanted = defaultVersion(name, before);
    NavigableMap<Integer, OpenVersion> open = new TreeMap<>();
    for (int number : wanted.isEmpty() ? List.<Integer>of() : store.versions(name)) {
      OpenVersion known = before == null ? null : before.open().get(number);
      if (known == null) {
        tryOpen(name, number)
            .ifPresent(
                version -> {
                  opened.add(version);
                  open.put(number, version);
                });
      } else {
        open.put(number, known);
      }
    }
    if (open.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Versions(open, wanted.filter(open::containsKey).orElseGet(open::lastKey)));
  }

  /**
   * The default, or that which was served before if the store cannot tell it; empty if there was
   * none: another than was chosen must not be served in its place.
   */
  private Optional<Integer> defaultVersion(String name, Versions before) {
    try {
      Optional<Integer> chosen = store.defaultVersion(name);
      broken.remove(name);
      return chosen;
    } catch (PluginException e) {
      if (broken.add(name)) {
        String serves = before == null ? "is not served" : "stays at version " + before.chosen();
        LOG.log(Level.WARNING, "{0} {1}: {2}", name, serves, e.getMessage());
      }
      return Optional.ofNullable(before).map(Versions::chosen);
    }
  }

  private Optional<OpenVersion> tryOpen(String name, int number) {
    try {
      OpenVersion version =
          OpenVersion.open(store, store.publication(name, number), models, allocator);
      broken.remove(name + " " + number);
      return Optional.of(version);
    } catch (RuntimeException e) {
      // one that cannot be read, or is retired at this moment, must not hide the others
      if (!store.isRetired(name, number) && broken.add(name + " " + number)) {
        LOG.log(Level.WARNING, "{0} version {1} is not served: {2}", name, number, e.getMessage());
      }
      return Optional.empty();
    }
  }

  private static void releaseAllBut(Map<String, Versions> kept, Map<String, Versions> before) {
    before.forEach(
        (name, versions) ->
            versions
                .open()
                .forEach(
                    (number, version) -> {
                      boolean stays =
                          kept.containsKey(name) && kept.get(name).open().containsKey(number);
                      if (!stays) {
                        version.letModelsGo();
                        version.release();
                      }
                    }));
  }

  /** What is published, for lists: every version that is served, and which is the default. */
  Map<String, List<Publication>> publications() {
    Map<String, List<Publication>> all = new TreeMap<>();
    byName.forEach(
        (name, versions) ->
            all.put(
                name, versions.open().values().stream().map(OpenVersion::publication).toList()));
    return all;
  }

  /**
   * A version that is served.
   *
   * @param visible the names that a message may tell
   * @throws org.apache.arrow.flight.FlightRuntimeException NOT_FOUND, with what there is
   */
  Publication publication(String name, int version, Predicate<String> visible) {
    Versions versions = byName.get(name);
    if (versions == null) {
      throw FlightFailures.unknownName(name, byName.keySet().stream().filter(visible).toList());
    }
    return choose(name, versions, VersionChoice.number(version)).publication();
  }

  /** The default version of a name that is served. */
  int defaultVersion(String name) {
    Versions versions = byName.get(name);
    return versions == null ? 0 : versions.chosen();
  }

  /**
   * Looks no more and lets go of all versions; calls that still read one keep it until they end.
   */
  @Override
  public void close() {
    watch.shutdown();
    synchronized (this) {
      Map<String, Versions> before = byName;
      byName = Map.of();
      releaseAllBut(Map.of(), before);
    }
    try {
      if (!watch.awaitTermination(30, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "the store's watch did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
