package dev.tessera.host.flight;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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

  /** The names there are, for a message: {@code als, profile, stats}. */
  public String names() {
    return byName.isEmpty() ? "none" : String.join(", ", byName.keySet());
  }
}
