package dev.tessera.host.flight;

import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.files.VersionLock;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.publish.Publication;
import dev.tessera.host.publish.PublicationStore;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.MappedEmbedding;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A published version that is mapped. The catalogue holds it, and so does every call that reads it;
 * when the last lets go, the mappings are given up, and the files of a retired version removed.
 */
final class OpenVersion {

  private static final Logger LOG = System.getLogger(OpenVersion.class.getName());

  private final PublicationStore store;
  private final Publication publication;
  private final VersionLock lock;
  private final List<MappedEmbedding> mapped = new ArrayList<>();
  private final Map<String, ServedEmbedding> byName = new LinkedHashMap<>();
  private final Optional<VersionModels> models;

  // Guarded by this.
  private int holders = 1;

  private OpenVersion(
      PublicationStore store, Publication publication, Optional<ModelOpener> opener) {
    this.store = store;
    this.publication = publication;
    this.models = opener.map(by -> new VersionModels(publication, by));
    this.lock = store.hold(publication);
  }

  /**
   * Maps a version and indexes its clients; the caller holds it.
   *
   * @param opener opens its models when they are wanted; empty if they never are
   * @param allocator counts the mapped bytes
   */
  static OpenVersion open(
      PublicationStore store,
      Publication publication,
      Optional<ModelOpener> opener,
      BufferAllocator allocator) {
    OpenVersion version = new OpenVersion(store, publication, opener);
    try {
      version.map(allocator);
      return version;
    } catch (RuntimeException e) {
      version.release();
      throw e;
    }
  }

  private void map(BufferAllocator allocator) {
    RunFolder run = publication.run();
    Manifest manifest = run.manifest();
    Mode mode = manifest.data().mode();
    for (String step : publication.dimensions().keySet()) {
      EmbeddingFolder folder = run.step(mode, step);
      MappedEmbedding embedding = MappedEmbedding.open(folder, step, allocator);
      mapped.add(embedding);
      Map<String, String> metadata =
          new LinkedHashMap<>(RunMetadata.of(publication.source(), manifest, folder));
      metadata.put(ServedEmbedding.VERSION_KEY, String.valueOf(publication.version()));
      metadata.put("tessera.published", publication.published().toString());
      String name = publication.name() + "/" + step;
      ServedEmbedding served = new ServedEmbedding(name, embedding.embeddings(), metadata);
      byName.put(name, served);
      if (publication.main().equals(Optional.of(step))) {
        byName.put(publication.name(), served.named(publication.name()));
      }
    }
  }

  Publication publication() {
    return publication;
  }

  /** The names under which its steps are asked for. */
  Set<String> names() {
    return byName.keySet();
  }

  /** Holds one step; empty if it has no step of that name, or was given up just now. */
  Optional<EmbeddingLease> lease(String name) {
    ServedEmbedding embedding = byName.get(name);
    if (embedding == null || !hold()) {
      return Optional.empty();
    }
    return Optional.of(new EmbeddingLease(embedding, this::release));
  }

  /**
   * Holds one step's models; empty if there is no step of that name, or the version was given up
   * just now.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException NOT_FOUND if it has no model; says why
   */
  Optional<LiveLease> leaseModels(String name) {
    if (models.isEmpty() || !byName.containsKey(name) || !hold()) {
      return Optional.empty();
    }
    try {
      LiveLease lease = models.get().lease(name, step(name));
      return Optional.of(
          new LiveLease(
              lease.step(),
              lease.version(),
              () -> {
                try {
                  lease.close();
                } finally {
                  release();
                }
              }));
    } catch (RuntimeException | Error e) {
      release();
      throw e;
    }
  }

  private String step(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? publication.main().orElseThrow() : name.substring(slash + 1);
  }

  /** Opens the models, if they are wanted at all, and keeps them open: this is the default. */
  void keepModels() {
    models.ifPresent(VersionModels::keep);
  }

  /** Leaves the models to the calls that use them. */
  void letModelsGo() {
    models.ifPresent(VersionModels::letGo);
  }

  private synchronized boolean hold() {
    if (holders == 0) {
      return false;
    }
    holders++;
    return true;
  }

  /** Lets go. */
  void release() {
    synchronized (this) {
      if (--holders > 0) {
        return;
      }
    }
    mapped.forEach(MappedEmbedding::close);
    lock.close();
    try {
      store.clearRetired(publication);
    } catch (PluginException e) {
      // whoever ended the last stream cannot help it; the next process that retires tries again
      LOG.log(Level.WARNING, "{0} is retired but its files stay: {1}", publication, e.getMessage());
    }
  }
}
