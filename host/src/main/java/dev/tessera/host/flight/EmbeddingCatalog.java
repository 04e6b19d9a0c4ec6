package dev.tessera.host.flight;

import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.arrow.flight.FlightRuntimeException;

/** The embeddings that a server offers, by name. Immutable. */
public final class EmbeddingCatalog {

  private final Map<String, ServedEmbedding> byName;

  /**
   * Takes the embeddings.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public EmbeddingCatalog(List<ServedEmbedding> embeddings) {
    Map<String, ServedEmbedding> sorted = new TreeMap<>();
    for (ServedEmbedding embedding : embeddings) {
      if (sorted.put(embedding.name(), embedding) != null) {
        throw new IllegalArgumentException("two embeddings are named " + embedding.name());
      }
    }
    byName = Collections.unmodifiableMap(sorted);
  }

  /** All embeddings, in order of their names. */
  public Collection<ServedEmbedding> all() {
    return byName.values();
  }

  /** The embedding of a name. */
  public Optional<ServedEmbedding> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * The embedding of a name, for a call that may read it; the call is then about it.
   *
   * @throws FlightRuntimeException PERMISSION_DENIED, or NOT_FOUND with the names that it may read
   */
  ServedEmbedding require(String name, ServedCall call) {
    call.require(Right.READ, name);
    ServedEmbedding embedding = byName.get(name);
    if (embedding == null) {
      String names =
          byName.keySet().stream()
              .filter(other -> call.may(Right.READ, other))
              .collect(Collectors.joining(", "));
      throw FlightFailures.unknownName(name, names);
    }
    call.concerns(name, "");
    return embedding;
  }
}
