package dev.tessera.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.data.StoreSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera data inspect DIR}: what is in a folder of events. Builds its store if need be. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera data inspect samples/online-retail",
      "  tessera data inspect DIR --mode local --json"
    },
    description =
        "Shows rows, clients, time span, distinct ids, nulls and unknown products of a folder.")
public final class DataInspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "folder with event Parquet files")
  private Path directory;

  @Option(
      names = "--mode",
      defaultValue = "submit",
      description = "submit: the tables of DIR; local: those of DIR/input (default: submit)")
  private Mode mode;

  @Option(
      names = "--workspace",
      defaultValue = ".tessera",
      description = "folder that keeps the event store (default: .tessera)")
  private Path workspace;

  @Option(names = "--threads", description = "threads of the build (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE);
        EventStore store =
            EventStore.open(
                new DataSource(directory, mode),
                workspace,
                new StoreOptions(memory.work(), threads, Displays.standardError(), () -> false))) {
      StoreSummary summary = store.summary();
      if (json) {
        out.println(
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary));
      } else {
        out.print(StoreReport.of(summary, store.directory()));
      }
      out.flush();
    }
    return 0;
  }
}
