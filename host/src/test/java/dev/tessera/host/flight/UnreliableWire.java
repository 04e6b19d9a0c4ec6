package dev.tessera.host.flight;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and a server on the loopback address; can be torn, and slow. */
final class UnreliableWire implements AutoCloseable {

  private static final int PIECE_BYTES = 64 << 10;

  private final ServerSocket entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final int serverPort;
  private final long pauseMillis;

  UnreliableWire(int serverPort) throws IOException {
    this(serverPort, 0);
  }

  /** Pauses after each 64 KiB. */
  UnreliableWire(int serverPort, long pauseMillis) throws IOException {
    this.serverPort = serverPort;
    this.pauseMillis = pauseMillis;
    start(this::accept);
  }

  int port() {
    return entry.getLocalPort();
  }

  /** Both ends see a reset, as if the other machine had lost its power and come back. */
  void tear() throws IOException {
    for (Socket socket : sockets) {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = entry.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      sockets.add(client);
      sockets.add(server);
      start(() -> copy(client, server));
      start(() -> copy(server, client));
    }
  }

  private void copy(Socket from, Socket to) throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    for (int bytes = in.read(piece); bytes >= 0; bytes = in.read(piece)) {
      out.write(piece, 0, bytes);
      Thread.sleep(pauseMillis);
    }
  }

  private static void start(Transfer transfer) {
    Thread thread =
        new Thread(
            () -> {
              try {
                transfer.run();
              } catch (IOException | InterruptedException e) {
                // torn, as was asked for
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private interface Transfer {
    void run() throws IOException, InterruptedException;
  }

  @Override
  public void close() throws IOException {
    entry.close();
    tear();
  }
}
