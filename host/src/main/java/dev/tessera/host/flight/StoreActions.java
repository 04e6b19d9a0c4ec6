package dev.tessera.host.flight;

import dev.tessera.host.flight.JsonAction.Body;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.publish.Publication;
import dev.tessera.host.publish.PublicationStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be done by DoAction with a store. When an action returns, the server serves by it. */
final class StoreActions {

  private static final String NAME = "name";
  private static final String VERSION = "version";

  private final StoreCatalog catalog;
  private final Path runs;

  /**
   * Actions on a store.
   *
   * @param runs the folder with the runs that clients may have published; no others
   */
  StoreActions(StoreCatalog catalog, Path runs) {
    this.catalog = catalog;
    this.runs = runs;
  }

  List<ServerAction> all() {
    return List.of(
        new JsonAction(
            "list-versions",
            "Lists what is published, or the versions of one name: {\"name\": \"profiles\"}",
            List.of(NAME),
            this::list),
        new JsonAction(
            "publish",
            "Publishes a run of the server: {\"run\": \"quick\", \"as\": \"profiles\","
                + " \"allow_dimension_change\": false}",
            List.of("run", "as", "allow_dimension_change"),
            this::publish),
        new JsonAction(
            "rollback",
            "Makes an older version the default: {\"name\": \"profiles\", \"version\": 2}",
            List.of(NAME, VERSION),
            this::rollback),
        new JsonAction(
            "retire",
            "Takes a version out of offer: {\"name\": \"profiles\", \"version\": 1}",
            List.of(NAME, VERSION),
            this::retire));
  }

  private List<Map<String, Object>> list(Body body, ServedCall call) {
    Map<String, List<Publication>> publications = catalog.publications();
    body.optionalText(NAME)
        .filter(name -> !publications.containsKey(name) || !maySee(call, name))
        .ifPresent(
            name -> {
              throw FlightFailures.unknownName(
                  name,
                  publications.keySet().stream().filter(other -> maySee(call, other)).toList());
            });
    List<Map<String, Object>> versions = new ArrayList<>();
    publications.forEach(
        (name, all) -> {
          if (maySee(call, name) && body.optionalText(NAME).orElse(name).equals(name)) {
            all.forEach(version -> versions.add(facts(version)));
          }
        });
    return versions;
  }

  /** Who may change a name's versions must see which there are. */
  private static boolean maySee(ServedCall call, String name) {
    return call.may(Right.READ, name) || call.may(Right.WRITE, name);
  }

  private Map<String, Object> publish(Body body, ServedCall call) {
    String name = body.text("as");
    call.require(Right.WRITE, name);
    call.concerns(name, "");
    RunFolder run = new RunFolder(run(body.text("run")));
    Publication publication =
        catalog.store().publish(run, name, body.flag("allow_dimension_change"));
    return served(publication);
  }

  private Map<String, Object> rollback(Body body, ServedCall call) {
    Publication version = version(body, call);
    catalog.store().rollback(version.name(), version.version());
    return served(version);
  }

  private Map<String, Object> retire(Body body, ServedCall call) {
    Publication version = version(body, call);
    PublicationStore store = catalog.store();
    store.retire(version.name(), version.version());
    catalog.refresh();
    store.clearRetired(version);
    return Map.of(NAME, version.name(), VERSION, version.version(), "retired", true);
  }

  private Publication version(Body body, ServedCall call) {
    String name = body.text(NAME);
    call.require(Right.WRITE, name);
    int number = body.number(VERSION);
    call.concerns(name, String.valueOf(number));
    catalog.refresh();
    return catalog.publication(name, number, other -> maySee(call, other));
  }

  private Map<String, Object> served(Publication publication) {
    catalog.refresh();
    return facts(publication);
  }

  private Map<String, Object> facts(Publication publication) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put(NAME, publication.name());
    facts.put(VERSION, publication.version());
    facts.put("published", publication.published().toString());
    facts.put("source", publication.source());
    facts.put("main", publication.main().orElse(null));
    facts.put("steps", publication.dimensions());
    facts.put("default", catalog.defaultVersion(publication.name()) == publication.version());
    return facts;
  }

  /** A run's folder; neither dots nor links lead out of the folder of runs. */
  private Path run(String name) {
    try {
      Path root = runs.toRealPath();
      Path run = root.resolve(name).toRealPath();
      boolean inside = run.startsWith(root) && !run.equals(root);
      if (inside && Files.exists(new RunFolder(run).manifestFile())) {
        return run;
      }
    } catch (IOException | InvalidPathException e) {
      throw FlightFailures.notFound("no run '%s' to publish from here".formatted(name));
    }
    throw FlightFailures.notFound("no run '%s' to publish from here".formatted(name));
  }
}
