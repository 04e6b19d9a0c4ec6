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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import org.apache.arrow.memory.BufferAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures DoGet and look-ups over the loopback address, server and clients in this process. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Measure how fast embeddings are served over the loopback address: whole ones by DoGet, and"
          + " look-ups by DoExchange.",
      "Where iperf3 is installed it runs before and after DoGet with as many streams and writes of"
          + " 1 MB, for the share of the connection's speed that DoGet reaches."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera bench serve",
      "  tessera bench serve --rows 1000000 --dimension 512 --rounds 20",
      "  tessera bench serve --streams 2",
      "  tessera bench serve --dimension 64"
    })
final class BenchServeCommand implements Callable<Integer> {

  private static final String HOST = "127.0.0.1";
  private static final String NAME = "random";
  private static final int STREAMED_IDS = 200_000;
  private static final int LOOK_UP_IDS = 100;
  private static final int LOOK_UPS = 20_000;
  private static final double NANOS_PER_MILLI = 1e6;

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
      description =
          "Reads of the whole embedding by each stream (${DEFAULT-VALUE}); the first half warms up.")
  private int rounds;

  @Option(
      names = "--streams",
      defaultValue = "1",
      description = "Connections that read at the same time (${DEFAULT-VALUE}).")
  private int streams;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    OptionRange.check("--rows", rows, 1, Integer.MAX_VALUE);
    OptionRange.check("--dimension", dimension, 1, Integer.MAX_VALUE);
    OptionRange.check("--rounds", rounds, 1, Integer.MAX_VALUE);
    OptionRange.check("--streams", streams, 1, Integer.MAX_VALUE);
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
                memory.work())) {
      ServerAddress address = new ServerAddress(HOST, server.port());
      out.printf(
          "%,d clients x %d float32, %d stream(s) over %s%n", rows, dimension, streams, HOST);
      OptionalDouble before = Iperf3.gigabitsPerSecond(streams);
      double doGet = doGet(address, memory.work(), out);
      OptionalDouble after = Iperf3.gigabitsPerSecond(streams);
      if (before.isPresent() && after.isPresent()) {
        out.printf(
            "iperf3      %.1f Gbit/s before, %.1f after: DoGet reaches %.2f of their mean%n",
            before.getAsDouble(),
            after.getAsDouble(),
            doGet / ((before.getAsDouble() + after.getAsDouble()) / 2));
      } else {
        out.println("iperf3      not installed, or without a result: nothing to compare with");
      }
      try (EmbeddingFlightClient client = new EmbeddingFlightClient(address, memory.work())) {
        for (int round = 0; round < 3; round++) {
          out.println("DoExchange  " + streamed(client));
          out.flush();
        }
        out.println("look-up     " + single(client) + ", the first ones: the JVM still compiles");
        out.flush();
        out.println("look-up     " + single(client));
      }
    }
    return 0;
  }

  /** Median Gbit/s of all streams together over the second half of the rounds. */
  private double doGet(ServerAddress address, BufferAllocator allocator, PrintWriter out)
      throws InterruptedException {
    ExecutorService readers = Executors.newFixedThreadPool(streams);
    List<EmbeddingFlightClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < streams; i++) {
        clients.add(new EmbeddingFlightClient(address, allocator));
      }
      EmbeddingInfo info = clients.get(0).info(NAME);
      double[] rates = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        long start = System.nanoTime();
        List<Callable<Void>> reads = new ArrayList<>();
        for (EmbeddingFlightClient client : clients) {
          reads.add(
              () -> {
                client.readAll(info, batch -> {});
                return null;
              });
        }
        for (Future<Void> read : readers.invokeAll(reads)) {
          finish(read);
        }
        rates[round] = 8.0 * info.bytes() * streams / (System.nanoTime() - start);
        out.printf("DoGet       %.1f Gbit/s%n", rates[round]);
        out.flush();
      }
      double[] warm = DoubleStream.of(rates).skip(rounds / 2).sorted().toArray();
      double median = warm[warm.length / 2];
      out.printf(
          "DoGet       %.1f Gbit/s (%.2f GB/s) is the median of the second half, %.1f the best%n",
          median, median / 8, warm[warm.length - 1]);
      return median;
    } finally {
      readers.shutdownNow();
      clients.forEach(EmbeddingFlightClient::close);
    }
  }

  private static void finish(Future<Void> read) throws InterruptedException {
    try {
      read.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Many ids in one call. */
  private String streamed(EmbeddingFlightClient client) {
    long[] ids = ids(new SplittableRandom(1), STREAMED_IDS);
    AtomicLong known = new AtomicLong();
    long start = System.nanoTime();
    client.lookUp(NAME, ids, batch -> known.addAndGet(batch.size() - batch.unknown()));
    double seconds = (System.nanoTime() - start) / 1e9;
    return "%.2f s, %,.0f ids/s (random ids in one call, %,d of %,d known)"
        .formatted(seconds, ids.length / seconds, known.get(), ids.length);
  }

  /** Few ids a call, one call after the other. */
  private String single(EmbeddingFlightClient client) {
    SplittableRandom random = new SplittableRandom(2);
    double[] waits = new double[LOOK_UPS];
    for (int i = 0; i < LOOK_UPS; i++) {
      long[] ids = ids(random, LOOK_UP_IDS);
      long start = System.nanoTime();
      client.lookUp(NAME, ids, batch -> {});
      waits[i] = (System.nanoTime() - start) / NANOS_PER_MILLI;
    }
    Arrays.sort(waits);
    return "%d ids a call: p50 %.2f ms, p99 %.2f ms of %,d calls"
        .formatted(LOOK_UP_IDS, waits[LOOK_UPS / 2], waits[LOOK_UPS * 99 / 100], LOOK_UPS);
  }

  private long[] ids(SplittableRandom random, int count) {
    return random.longs(count, 0, (long) rows * RandomEmbedding.ID_STEP).toArray();
  }
}
