package dev.tessera.host.report;

import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.pipeline.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All figures of a report; the page's script draws what is there.
 *
 * @param title the run's name
 * @param manifest the run
 * @param inputs of each step that read others
 * @param embeddings facts of each result
 * @param map of the merge, or of the last step
 * @param neighbours examples from the same embedding
 * @param comparison of the run's embeddings, if there is one
 * @param probe of the comparison, in words
 * @param notes what could not be drawn and why
 */
public record ReportData(
    String title,
    Manifest manifest,
    Map<String, List<String>> inputs,
    List<EmbeddingFacts> embeddings,
    Optional<ClientMap> map,
    List<Neighbours> neighbours,
    Optional<Comparison> comparison,
    String probe,
    List<String> notes) {}
