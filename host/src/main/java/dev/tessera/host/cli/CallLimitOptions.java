package dev.tessera.host.cli;

import dev.tessera.host.flight.call.CallLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that say what one caller of a server may take. */
final class CallLimitOptions {

  private static final int MB = 1 << 20;
  private static final int MOST_MB = 1024;

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      defaultValue = "" + CallLimits.STREAMS,
      description = "Open streams of one principal (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--max-rows",
      paramLabel = "N",
      defaultValue = "" + Long.MAX_VALUE,
      description = "Rows of one request; no limit if not given.")
  private long rows;

  @Option(
      names = "--max-request-mb",
      paramLabel = "N",
      defaultValue = "" + (CallLimits.REQUEST_BYTES >> 20),
      description = "Size of one message from a client, 1 to 1024 (default: ${DEFAULT-VALUE}).")
  private int requestMb;

  @Option(
      names = "--stall-seconds",
      paramLabel = "N",
      defaultValue = "60",
      description =
          "Break a stream off whose client takes nothing for so long (default: ${DEFAULT-VALUE}).")
  private int stallSeconds;

  @Option(
      names = "--idle-seconds",
      paramLabel = "N",
      defaultValue = "300",
      description =
          "End a DoExchange or DoPut whose client sends nothing for so long"
              + " (default: ${DEFAULT-VALUE}).")
  private int idleSeconds;

  CallLimits read() {
    OptionRange.check("--max-streams", streams, 1, Integer.MAX_VALUE);
    OptionRange.check("--max-rows", rows, 1, Long.MAX_VALUE);
    OptionRange.check("--max-request-mb", requestMb, 1, MOST_MB);
    OptionRange.check("--stall-seconds", stallSeconds, 1, Integer.MAX_VALUE);
    OptionRange.check("--idle-seconds", idleSeconds, 1, Integer.MAX_VALUE);
    return new CallLimits(
        streams,
        rows,
        requestMb * MB,
        Duration.ofSeconds(stallSeconds),
        Duration.ofSeconds(idleSeconds));
  }
}
