package dev.tessera.host.store;

import dev.tessera.api.ConfigKey;

/** Which embedding a step takes as it is. */
record PublishedConfig(
    @ConfigKey(
            "the embedding: STORE/NAME (its default version), STORE/NAME/VERSION, a step's folder of"
                + " a run, or an embeddings.arrow file")
        String embedding) {

  PublishedConfig {
    if (embedding.isBlank()) {
      throw new IllegalArgumentException("embedding must be a folder or file, was blank");
    }
  }
}
