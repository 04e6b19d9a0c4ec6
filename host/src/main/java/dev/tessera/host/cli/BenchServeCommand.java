package dev.tessera.host.cli;

import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.flight.EmbeddingCatalog;
import dev.tessera.host.flight.EmbeddingFlightServer;
import dev.tessera.host.flight.RandomEmbedding;
import dev.tessera.host.flight.ServedEmbedding;
import dev.tessera.host.flight.ServerOptions;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures DoGet and look-ups over the loopback address, server and client in this process. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Measure how fast embeddings are served over the loopback address.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera bench serve",
      "  tessera bench serve --rows 1000000 --dimension 512 --rounds 3",
      "",
      "To compare, run 'iperf3 -s -1' in one shell and 'iperf3 -c 127.0.0.1 -l 1M' in another."
    })
final class BenchServeCommand implements Callable<Integer> {

  private static final String HOST = "127.0.0.1";
  private static final String NAME = "random";
  private static final int LOOK_UP_IDS = 200_000;

  @Option(names = "--rows", defaultValue = "400000", description = "Clients (${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--dimension",
      defaultValue = "256",
      description = "Values per client (${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--rounds",
      defaultValue = "40",
      description = "Reads of the whole embedding (${DEFAULT-VALUE}); the first ones warm up.")
  private int rounds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE);
        RandomEmbedding random = new RandomEmbedding(NAME, rows, dimension, memory.work());
        EmbeddingFlightServer server =
            EmbeddingFlightServer.start(
                new EmbeddingCatalog(
                    List.of(new ServedEmbedding(NAME, random.embeddings(), Map.of()))),
                HOST,
                0,
                ServerOptions.OPEN,
                memory.work());
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(new ServerAddress(HOST, server.port()), memory.work())) {
      out.printf("%,d clients x %d float32, one stream over %s%n", rows, dimension, HOST);
      double[] rates = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        rates[round] = readAll(client);
        out.printf("DoGet      %.2f GB/s%n", rates[round]);
        out.flush();
      }
      // the compiler has done its work by the second half
      double[] warm = Arrays.stream(rates).skip(rounds / 2).sorted().toArray();
      double median = warm[warm.length / 2];
      out.printf(
          "DoGet      %.2f GB/s (%.1f Gbit/s) is the median of the second half, %.2f GB/s the best%n",
          median, 8 * median, warm[warm.length - 1]);
      for (int round = 0; round < 3; round++) {
        out.println("DoExchange " + lookUp(client));
        out.flush();
      }
    }
    return 0;
  }

  /** One read of everything, in GB/s. */
  private static double readAll(EmbeddingFlightClient client) {
    EmbeddingInfo info = client.info(NAME);
    long start = System.nanoTime();
    client.readAll(info, batch -> {});
    return info.bytes() / (double) (System.nanoTime() - start);
  }

  private String lookUp(EmbeddingFlightClient client) {
    SplittableRandom random = new SplittableRandom(1);
    long end = (long) rows * RandomEmbedding.ID_STEP;
    long[] ids = random.longs(LOOK_UP_IDS, 0, end).toArray();
    AtomicLong known = new AtomicLong();
    long start = System.nanoTime();
    client.lookUp(NAME, ids, batch -> known.addAndGet(batch.size() - batch.unknown()));
    double seconds = (System.nanoTime() - start) / 1e9;
    return "%.2f s, %,.0f ids/s (random ids, %,d of %,d known)"
        .formatted(seconds, ids.length / seconds, known.get(), ids.length);
  }
}
