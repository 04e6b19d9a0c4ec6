package dev.tessera.host.cli;

import dev.tessera.host.publish.Publication;
import dev.tessera.host.publish.PublicationStore;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera versions}: what is published, and which of it clients get. */
@Command(
    name = "versions",
    mixinStandardHelpOptions = true,
    description =
        "Shows what is published in a store, rolls back, retires. Servers of the store follow within"
            + " a second; a stream that has begun ends on the version it began with.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera versions list",
      "  tessera versions rollback profiles 2",
      "  tessera versions retire profiles 1 --store /srv/store"
    })
final class VersionsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "wanted list, rollback or retire");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line for each version; * marks the one that clients get.",
      footerHeading = "%nExample:%n",
      footer = "  tessera versions list --store /srv/store")
  int list(@Mixin StoreOption store) {
    PrintWriter out = spec.commandLine().getOut();
    PublicationStore publications = store.openExisting();
    if (publications.names().isEmpty()) {
      out.printf(
          "nothing is published in %s; 'tessera publish RUN --as NAME' does%n",
          publications.root());
    } else {
      TextTable table = new TextTable("name", "version", "published", "from", "steps");
      for (String name : publications.names()) {
        Optional<Integer> chosen = publications.defaultVersion(name);
        for (int version : publications.versions(name)) {
          Publication publication = publications.publication(name, version);
          table.row(
              name,
              version + (chosen.equals(Optional.of(version)) ? " *" : ""),
              publication.published().toString(),
              publication.source(),
              steps(publication));
        }
      }
      table.print(out);
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description =
          "Makes an older version the one that clients get, until a newer one is published.",
      footerHeading = "%nExample:%n",
      footer = "  tessera versions rollback profiles 2")
  int rollback(
      @Parameters(paramLabel = "NAME", description = "What it was published as.") String name,
      @Parameters(paramLabel = "VERSION", description = "Its number.") int version,
      @Mixin StoreOption store) {
    store.open().rollback(name, version);
    spec.commandLine().getOut().printf("%s is version %d again%n", name, version);
    spec.commandLine().getOut().flush();
    return 0;
  }

  @Command(
      name = "retire",
      mixinStandardHelpOptions = true,
      description =
          "Takes a version out of offer. Its files are removed once no server reads them any more.",
      footerHeading = "%nExample:%n",
      footer = "  tessera versions retire profiles 1")
  int retire(
      @Parameters(paramLabel = "NAME", description = "What it was published as.") String name,
      @Parameters(paramLabel = "VERSION", description = "Its number.") int version,
      @Mixin StoreOption store) {
    PublicationStore publications = store.open();
    publications.retire(name, version);
    publications.clearRetired(name);
    spec.commandLine().getOut().printf("%s version %d is retired%n", name, version);
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** {@code stats 37, profile 64 (profiles)}. */
  static String steps(Publication publication) {
    return publication.dimensions().entrySet().stream()
        .map(
            step ->
                "%s %d%s"
                    .formatted(
                        step.getKey(),
                        step.getValue(),
                        publication.main().equals(Optional.of(step.getKey()))
                            ? " (" + publication.name() + ")"
                            : ""))
        .collect(Collectors.joining(", "));
  }
}
