package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.Float16;
import dev.tessera.api.Npy;
import dev.tessera.dist.Installation.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The client in Node of examples/node reads what a run wrote. Skipped where npm gets no packages.
 */
class NodeClientIT {

  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "code (ENOTFOUND|EAI_AGAIN|ECONN\\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|"
              + "ERR_SOCKET_TIMEOUT|E401|E403|E5\\d\\d)");
  private static final Pattern VERSION = Pattern.compile("(?m)^v?(\\d+)\\.\\d+\\.\\d+");
  private static final int OLDEST_NODE = 18;
  private static final int REPEATS = 20;
  private static final long NOBODY = 987_654_321;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path work;

  private static Installation tessera;
  private static Path script;
  private static String missing;
  private static Process server;
  private static String address;
  private static Map<Long, float[]> written;

  @BeforeAll
  static void runServeAndInstall() throws Exception {
    tessera = new Installation(work);
    Path folder = Files.createDirectory(work.resolve("node"));
    script = folder.resolve("fetch.mjs");
    missing = install(folder);
    if (missing != null) {
      return;
    }
    Files.writeString(
        work.resolve("small.yaml"),
        """
        steps:
          stats: {plugin: stats}
          als: {plugin: als, events: {product_buy: 3, add_to_cart: 1}, item: category, factors: 16}
        """);
    run("data", "synth", "shop", "--clients", "400");
    run("run", "small.yaml", "--data", "shop", "--out", "small", "--workspace", "ws");
    Path log = work.resolve("serve.txt");
    server = tessera.start(log, "serve", "small", "--live", "--port", "0");
    address = ServedRun.address(log, server);
    written = rows(work.resolve("small/embeddings_submit/stats"));
  }

  /** Before each, so that the report says of each test why it was skipped. */
  @BeforeEach
  void nodeAndItsPackagesAreHere() {
    assumeTrue(missing == null, missing);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      server.destroy();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void itListsTheEmbeddings() throws Exception {
    assertThat(node(address).lines())
        .containsExactlyInAnyOrder(
            "{\"embedding\":\"stats\",\"rows\":400,\"dimension\":37}",
            "{\"embedding\":\"als\",\"rows\":400,\"dimension\":16}");
  }

  @Test
  void clientsLookedUpByDoGetKeepOrderAndRepeatsAndTheUnknownIsNull() throws Exception {
    long[] known = known();
    long[] ids = {known[5], known[2], NOBODY, known[5], known[399]};
    List<String> words = new ArrayList<>(List.of(address, "stats"));
    LongStream.of(ids).mapToObj(Long::toString).forEach(words::add);
    assertRows(node(words.toArray(String[]::new)), ids);
  }

  /** 8,020 ids, which the script sends in nine batches. */
  @Test
  void clientsLookedUpByDoExchangeKeepOrderAndRepeatsAndTheUnknownIsNull() throws Exception {
    long[] ids = new long[REPEATS * 401];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i % 401 == 400 ? NOBODY : known()[(i * 7) % 400];
    }
    Path file = work.resolve("ids.txt");
    Files.write(file, LongStream.of(ids).mapToObj(Long::toString).toList());
    assertRows(node(address, "stats", "--clients", file.toString()), ids);
  }

  @Test
  void eventsAreEmbeddedLiveAlsoWithAColumnThatIsAllNull() throws Exception {
    Path file = work.resolve("events.jsonl");
    Files.writeString(
        file,
        """
        {"client_id": 7, "timestamp": "2022-06-23 14:05:59", "kind": "page_visit", "url": 12}
        {"client_id": 7, "timestamp": "2022-06-23 14:07:10", "kind": "page_visit", "url": 12}
        {"client_id": 3, "timestamp": "2022-06-24 09:00:00", "kind": "search_query",\
         "query": "[12 3 255 0 7 7 80 1 2 3 4 5 6 7 8 9]"}
        """);
    Ended ended = node(address, "stats", "--events", file.toString());
    List<JsonNode> rows = json(ended);
    assertThat(rows).extracting(row -> row.get("client_id").asLong()).containsExactly(7L, 3L);
    assertThat(rows).allMatch(row -> row.get("embedding").size() == 37);
    assertThat(rows.get(0).get("embedding")).isNotEqualTo(rows.get(1).get("embedding"));
  }

  @Test
  void anEncryptedServerThatWantsATokenIsReadByTheAuthorityAndTheToken() throws Exception {
    PemFiles own = PemFiles.make(tessera, work, "server");
    Ended token = tessera.run("token", "shop", "--tokens", "tokens.txt", "--read", "stats");
    assertThat(token.code()).as(token.out()).isZero();
    Path secret =
        Files.writeString(
            work.resolve("token.txt"), token.lines().get(token.lines().size() - 1) + "\n");
    Path log = work.resolve("guarded.txt");
    Process guarded =
        tessera.start(
            log,
            "serve",
            "small",
            "--live",
            "--port",
            "0",
            "--tls-cert",
            own.certificate().toString(),
            "--tls-key",
            own.key().toString(),
            "--tokens",
            "tokens.txt");
    try {
      // by name, for Node warns of TLS to an address
      String encrypted = ServedRun.address(log, guarded).replace("127.0.0.1", "localhost");
      assertThat(encrypted).startsWith("grpc+tls://");
      String ca = own.certificate().toString();
      long[] ids = {known()[3], NOBODY};
      assertRows(
          node(
              encrypted,
              "stats",
              "" + ids[0],
              "" + ids[1],
              "--ca",
              ca,
              "--token-file",
              secret + ""),
          ids);
      assertThat(node("--ca", ca, "--token-file", secret + "", encrypted).lines())
          .containsExactly("{\"embedding\":\"stats\",\"rows\":400,\"dimension\":37}");
      Path file = work.resolve("some-ids.txt");
      Files.write(file, LongStream.of(ids).mapToObj(Long::toString).toList());
      assertRows(
          node(encrypted, "stats", "--clients", file + "", "--ca", ca, "--token-file", secret + ""),
          ids);
      Ended unknown =
          tessera.program(List.of("node", script.toString(), encrypted, "stats", "3", "--ca", ca));
      assertThat(unknown.code()).isEqualTo(1);
      assertThat(unknown.out()).startsWith("error: UNAUTHENTICATED: ");
    } finally {
      guarded.destroy();
      assertThat(guarded.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatTheServerRefusesIsOneLineAndExitCode1() throws Exception {
    Ended ended = tessera.program(List.of("node", script.toString(), address, "nobody", "3"));
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.lines()).hasSize(1);
    assertThat(ended.out()).startsWith("error: NOT_FOUND: no embedding 'nobody' here");
    assertThat(tessera.program(List.of("node", script.toString(), address, "stats")).code())
        .isEqualTo(2);
  }

  @Test
  void aWrongIdIsWrongUsageAndAWrongLineOfAFileIsNamed() throws Exception {
    String node = script.toString();
    Ended id = tessera.program(List.of("node", node, address, "stats", "3", "x4"));
    assertThat(id.code()).isEqualTo(2);
    assertThat(id.lines()).containsExactly("error: an id is a whole number below 2^53, not 'x4'");
    Path file = work.resolve("bad.txt");
    Files.writeString(file, "{\"client_id\": 7}\n\n{\"client_id\"\n");
    for (String option : List.of("--events", "--clients")) {
      Ended bad = tessera.program(List.of("node", node, address, "stats", option, file + ""));
      assertThat(bad.code()).isEqualTo(1);
      assertThat(bad.lines()).hasSize(1);
      String line = option.equals("--events") ? "3" : "1";
      assertThat(bad.out()).startsWith("error: " + file + ", line " + line + ": ");
    }
  }

  private static void assertRows(Ended ended, long[] ids) throws IOException {
    List<JsonNode> rows = json(ended);
    assertThat(rows).hasSize(ids.length);
    for (int row = 0; row < ids.length; row++) {
      assertThat(rows.get(row).get("client_id").asLong()).isEqualTo(ids[row]);
      JsonNode embedding = rows.get(row).get("embedding");
      float[] wanted = written.get(ids[row]);
      assertThat(embedding.isNull()).as("row %d of %d", row, ids[row]).isEqualTo(wanted == null);
      if (wanted != null) {
        assertThat(halves(embedding)).as("row %d of %d", row, ids[row]).isEqualTo(wanted);
      }
    }
  }

  /** As the run's npy holds them: to the nearest float16, beyond its range clipped. */
  private static float[] halves(JsonNode embedding) {
    float[] halves = new float[embedding.size()];
    for (int i = 0; i < halves.length; i++) {
      float value = (float) embedding.get(i).asDouble();
      float clipped = Math.max(-Float16.MAX_VALUE, Math.min(Float16.MAX_VALUE, value));
      halves[i] = Float16.toFloat(Float16.fromFloat(clipped));
    }
    return halves;
  }

  private static Map<Long, float[]> rows(Path folder) throws IOException {
    long[] ids = Npy.readLongs(folder.resolve("client_ids.npy"));
    float[] values = Npy.readFloats(folder.resolve("embeddings.npy"));
    int dimension = values.length / ids.length;
    Map<Long, float[]> rows = new HashMap<>();
    for (int row = 0; row < ids.length; row++) {
      int first = row * dimension;
      rows.put(ids[row], Arrays.copyOfRange(values, first, first + dimension));
    }
    assertThat(rows).hasSize(400).doesNotContainKey(NOBODY);
    return rows;
  }

  private static long[] known() {
    return written.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static List<JsonNode> json(Ended ended) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : ended.lines()) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private static Ended node(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("node", script.toString()));
    command.addAll(List.of(arguments));
    Ended ended = tessera.program(command);
    assertThat(ended.code()).as(ended.out()).isZero();
    return ended;
  }

  /**
   * Puts the script, with the packages of its lock file, into a folder; or says what is missing.
   */
  private static String install(Path folder) throws Exception {
    if (version("node") < OLDEST_NODE || version("npm") == 0) {
      return "no npm, or no node of version " + OLDEST_NODE + " or newer, here";
    }
    try (Stream<Path> files = Files.list(tessera.example("node"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    List<String> command = new ArrayList<>(List.of("npm", "ci", "--prefix", folder.toString()));
    command.addAll(List.of("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"));
    command.addAll(List.of("--fetch-retries=1", "--fetch-timeout=30000"));
    Ended npm = tessera.program(command);
    Matcher unreachable = UNREACHABLE.matcher(npm.out());
    if (npm.code() != 0 && unreachable.find()) {
      return "npm ci reaches no registry: " + unreachable.group();
    }
    assertThat(npm.code()).as(npm.out()).isZero();
    return null;
  }

  /** The major version of a program; 0 where there is none. */
  private static int version(String program) throws Exception {
    try {
      Ended ended = tessera.program(List.of(program, "--version"));
      Matcher version = VERSION.matcher(ended.out());
      return ended.code() == 0 && version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static void run(String... arguments) throws Exception {
    Ended ended = tessera.run(arguments);
    assertThat(ended.code()).as(ended.out()).isZero();
  }
}
