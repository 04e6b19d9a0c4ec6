package dev.tessera.host.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.evaluate.EmbeddingMatrix;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.pipeline.StepRecord;
import dev.tessera.host.store.EmbeddingFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a run's report: one HTML file that asks for nothing from outside. */
public final class HtmlReport {

  private static final String PAGE = "report.html";
  private static final String PLACE = "/*DATA*/null";
  private static final JsonMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private final RunFolder run;
  private final Optional<Comparison> comparison;
  private final List<String> notes;

  /**
   * A report; nothing happens before {@link #write}.
   *
   * @param comparison the evaluation, if there is one
   * @param notes what the reader should know of what is missing
   */
  public HtmlReport(RunFolder run, Optional<Comparison> comparison, List<String> notes) {
    this.run = run;
    this.comparison = comparison;
    this.notes = List.copyOf(notes);
  }

  /**
   * Writes the file, which appears whole, and returns it.
   *
   * @param log the run's events, for map and neighbours; without it they are left out
   */
  public Path write(Path file, Optional<EventLog> log) {
    String json;
    try {
      // in a script, "</" would end it
      json = JSON.writeValueAsString(data(log)).replace("</", "<\\/").replace("<!--", "<\\!--");
    } catch (IOException e) {
      throw new PluginException(ErrorCode.INTERNAL, e.toString(), e);
    }
    String page = page().replace(PLACE, json);
    Path aside = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.writeString(aside, page);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be written", e);
    }
  }

  private ReportData data(Optional<EventLog> log) {
    Manifest manifest = run.manifest();
    Mode mode = manifest.data().mode();
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    List<EmbeddingFacts> facts = new ArrayList<>();
    Optional<EmbeddingMatrix> drawn = Optional.empty();
    boolean merged = false;
    for (String step : run.steps()) {
      EmbeddingFolder folder = run.step(mode, step);
      StepRecord record = StepRecord.read(folder);
      EmbeddingMatrix matrix = EmbeddingMatrix.open(step, folder);
      inputs.put(step, record.inputs());
      facts.add(EmbeddingFacts.of(matrix, record.columnNames()));
      boolean merge = !record.inputs().isEmpty();
      if (merge || !merged) {
        drawn = Optional.of(matrix);
        merged = merge;
      }
    }
    Optional<ClientHistory> history =
        log.isPresent() && drawn.isPresent()
            ? Optional.of(new ClientHistory(log.get(), drawn.get()))
            : Optional.empty();
    EmbeddingMatrix matrix = drawn.orElse(null);
    return new ReportData(
        String.valueOf(run.path().toAbsolutePath().normalize().getFileName()),
        manifest,
        inputs,
        facts,
        history.map(known -> ClientMap.of(matrix, known)),
        history.map(known -> Neighbours.of(matrix, known)).orElse(List.of()),
        comparison,
        comparison.map(found -> found.probe().words()).orElse(""),
        notes);
  }

  private static String page() {
    try (InputStream in = HtmlReport.class.getResourceAsStream(PAGE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new PluginException(ErrorCode.INTERNAL, e.toString(), e);
    }
  }
}
