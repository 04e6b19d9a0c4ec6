package dev.tessera.host.flight;

import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Makes one line of the stack trace that gRPC logs for every client that vanishes in mid-stream:
 * that is daily business, and the access log names the call.
 */
final class GrpcLog {

  /** Held here: a logger that nobody holds is collected, and its filter with it. */
  private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.NettyServerHandler");

  private GrpcLog() {}

  /** For this process; may be called again. */
  static void shorten() {
    STREAMS.setFilter(GrpcLog::inOneLine);
  }

  private static boolean inOneLine(LogRecord line) {
    if (line.getThrown() != null) {
      line.setMessage("a client's stream has ended early: " + line.getThrown().getMessage());
      line.setThrown(null);
    }
    return true;
  }
}
