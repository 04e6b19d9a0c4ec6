package dev.tessera.host.flight;

import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.VersionChoice;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.arrow.flight.FlightRuntimeException;

/**
 * The embeddings that a server offers, by name: some that stay as they are, and those of a store,
 * which come and go. What is used of it is held by a lease.
 */
public final class EmbeddingCatalog {

  private final Map<String, ServedEmbedding> fixed;
  private final Optional<StoreCatalog> store;

  /**
   * Takes embeddings that stay.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public EmbeddingCatalog(List<ServedEmbedding> embeddings) {
    this(embeddings, Optional.empty());
  }

  /**
   * Takes embeddings that stay, and a store, whose names come after theirs.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public EmbeddingCatalog(List<ServedEmbedding> embeddings, Optional<StoreCatalog> store) {
    Map<String, ServedEmbedding> sorted = new TreeMap<>();
    for (ServedEmbedding embedding : embeddings) {
      if (sorted.put(embedding.name(), embedding) != null) {
        throw new IllegalArgumentException("two embeddings are named " + embedding.name());
      }
    }
    this.fixed = Collections.unmodifiableMap(sorted);
    this.store = store;
  }

  /** The store, if there is one. */
  Optional<StoreCatalog> store() {
    return store;
  }

  /** All names that can be asked for, in their order. */
  public List<String> names() {
    List<String> names = new ArrayList<>(fixed.keySet());
    store.ifPresent(published -> names.addAll(published.names()));
    return names.stream().distinct().sorted().toList();
  }

  /** Holds the default version of every name that is there; the caller closes the leases. */
  public List<EmbeddingLease> leaseAll() {
    List<EmbeddingLease> all = new ArrayList<>();
    for (String name : names()) {
      find(name, VersionChoice.DEFAULT).ifPresent(all::add); // one may have gone meanwhile
    }
    return all;
  }

  /** Holds the default version of a name, if there is one; the caller closes it. */
  public Optional<EmbeddingLease> lease(String name) {
    return find(name, VersionChoice.DEFAULT);
  }

  /**
   * Holds what a request is for, for a call that may read it; the call is then about it. The caller
   * closes the lease.
   *
   * @throws FlightRuntimeException PERMISSION_DENIED, or NOT_FOUND with the names that it may read
   */
  EmbeddingLease lease(EmbeddingRequest request, ServedCall call) {
    String name = request.embedding();
    call.require(Right.READ, name);
    call.concerns(name, asked(request.version()));
    EmbeddingLease lease =
        find(name, request.version())
            .orElseThrow(
                () ->
                    FlightFailures.unknownName(
                        name,
                        names().stream().filter(other -> call.may(Right.READ, other)).toList()));
    ServedEmbedding embedding = lease.embedding();
    if (!request.key().orElse(embedding.key()).equals(embedding.key())) {
      lease.close();
      throw FlightFailures.foreignTicket(name);
    }
    call.concerns(name, embedding.version().map(String::valueOf).orElse(""));
    return lease;
  }

  /** What the log shows of a version before it is found, and if it is not. */
  static String asked(VersionChoice choice) {
    return choice
        .version()
        .map(String::valueOf)
        .or(() -> choice.asOf().map(String::valueOf))
        .orElse("");
  }

  private Optional<EmbeddingLease> find(String name, VersionChoice choice) {
    ServedEmbedding embedding = fixed.get(name);
    if (embedding == null) {
      return store.flatMap(published -> published.lease(name, choice));
    }
    if (!choice.isDefault()) {
      throw FlightFailures.noVersions(name);
    }
    return Optional.of(new EmbeddingLease(embedding, () -> {}));
  }
}
