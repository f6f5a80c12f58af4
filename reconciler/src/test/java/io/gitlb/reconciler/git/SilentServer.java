// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/// Takes connections and never comes to an end: says nothing, or goes on saying a little for ever.
final class SilentServer implements AutoCloseable {

  private static final Duration DRIP = Duration.ofMillis(100);

  /// What it does with a connection.
  enum Manner {
    /// Nothing.
    SAYS_NOTHING,
    /// An endless header of an HTTP answer, one character every 100 ms: never silent, never done.
    DRIPS
  }

  private final ServerSocket socket;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private SilentServer(ServerSocket socket) {
    this.socket = socket;
  }

  static SilentServer start(Manner manner) throws IOException {
    SilentServer server =
        new SilentServer(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(() -> server.accept(manner));
    return server;
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept(Manner manner) {
    try {
      while (true) {
        Socket connection = socket.accept();
        open.add(connection);
        if (manner == Manner.DRIPS) {
          Thread.ofVirtual().start(() -> drip(connection));
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void drip(Socket connection) {
    try (OutputStream out = connection.getOutputStream()) {
      out.write("HTTP/1.1 200 OK\r\nX-Endless: ".getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write('a');
        out.flush();
        LockSupport.parkNanos(DRIP.toNanos());
      }
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : open) {
      connection.close();
    }
  }
}
