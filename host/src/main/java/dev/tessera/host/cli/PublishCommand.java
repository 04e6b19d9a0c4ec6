package dev.tessera.host.cli;

import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.publish.Publication;
import dev.tessera.host.publish.PublicationStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera publish RUN --as NAME}. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Takes a copy of a run into a store, as the newest version of a name; servers of the store offer it within a second.",
      "Versions are numbered 1, 2, 3 and stay readable by number until they are retired ('tessera versions')."
          + " The copy is made of hard links where the file system has them, so it takes no room;"
          + " the run may then be deleted or made again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera publish runs/quick --as profiles",
      "  tessera serve --store store &",
      "  tessera fetch grpc://127.0.0.1:8815 profiles --out profiles.npy"
    })
final class PublishCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RUN", description = "Output folder of `tessera run`.")
  private Path run;

  @Option(
      names = "--as",
      paramLabel = "NAME",
      required = true,
      description = "What clients ask for: lower case, digits, _ and -.")
  private String name;

  @Mixin private StoreOption store;

  @Option(
      names = "--allow-dimension-change",
      description = "Publish although a step's dimension is not that of the version before.")
  private boolean dimensionMayChange;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PublicationStore publications = store.open();
    Publication publication = publications.publish(new RunFolder(run), name, dimensionMayChange);
    out.printf(
        "%s in %s: %s%n", publication, publications.root(), VersionsCommand.steps(publication));
    out.flush();
    return 0;
  }
}
