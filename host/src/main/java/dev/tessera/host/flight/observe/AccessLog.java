package dev.tessera.host.flight.observe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.call.ServedCall;
import io.grpc.Status;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One line of JSON for each call that is over, health checks excepted. A thread of its own writes:
 * a slow disk holds no call up. If it cannot keep up, lines are lost and their number is logged.
 */
public final class AccessLog implements CallObserver, AutoCloseable {

  private static final Logger LOG = System.getLogger(AccessLog.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LINES_WAITING = 16_384;
  private static final long CLOSE_MILLIS = 5_000;

  private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(LINES_WAITING);
  private final AtomicLong lost = new AtomicLong();
  private final BufferedWriter out;
  private final Thread writer = new Thread(this::writeAll, "access-log");
  private volatile boolean closed;

  /** Writes to a stream, which {@link #close} flushes and closes. */
  public AccessLog(OutputStream out) {
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    writer.setDaemon(true);
    writer.start();
  }

  /**
   * Appends to a file.
   *
   * @throws PluginException if it cannot be written
   */
  public static AccessLog toFile(Path file) {
    try {
      return new AccessLog(
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw FileFault.of(file, "the access log cannot be written", e);
    }
  }

  @Override
  public void started(ServedCall call) {
    // a call is logged when it is over
  }

  @Override
  public void ended(ServedCall call, Status status) {
    if (!call.isHealthCheck() && !waiting.offer(line(call, status))) {
      lost.incrementAndGet();
    }
  }

  private static String line(ServedCall call, Status status) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("time", call.started().toString())
            .put("request", call.requestId())
            .put("principal", call.principalName())
            .put("method", call.method())
            .put("embedding", call.embedding())
            .put("version", call.version())
            .put("rows", call.rows())
            .put("bytes_in", call.bytesIn())
            .put("bytes", call.bytesOut())
            .put("seconds", call.duration().toNanos() / 1e9)
            .put("status", status.getCode().name());
    if (!status.isOk() && status.getDescription() != null) {
      line.put("reason", status.getDescription());
    }
    return line.toString();
  }

  private void writeAll() {
    try {
      while (!closed || !waiting.isEmpty()) {
        String line = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (line != null) {
          out.write(line);
          out.write('\n');
        }
        if (waiting.isEmpty()) {
          out.flush();
        }
        report(lost.getAndSet(0), "the writer is too slow");
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the access log ends here, it cannot be written", e);
    } catch (InterruptedException e) {
      report(waiting.size(), "the server ended");
    }
  }

  private static void report(long lines, String why) {
    if (lines > 0) {
      LOG.log(Level.WARNING, "{0} lines of the access log were lost: {1}", lines, why);
    }
  }

  /** Writes what waits, for some seconds at most. */
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(CLOSE_MILLIS);
      writer.interrupt();
      out.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the end of the access log could not be written", e);
    }
  }
}
