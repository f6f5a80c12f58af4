// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;

/// A router that takes every session and only notes whether it has been told of anything (RFC
/// 4271).
final class FakeRouter implements AutoCloseable {

  private static final int HEADER = 19;
  private static final int UPDATE = 2;
  private static final String MARKER = "ff".repeat(16);

  /// AS 64513, hold time 90 s, identifier 192.0.2.1, no capability.
  private static final byte[] OPEN =
      HexFormat.of().parseHex(MARKER + "001d" + "01" + "04" + "fc01" + "005a" + "c0000201" + "00");

  private static final byte[] KEEPALIVE = HexFormat.of().parseHex(MARKER + "0013" + "04");

  private final ServerSocket server;
  volatile boolean told;
  volatile boolean ended;

  /// @param port 0 for any free one
  FakeRouter(int port) {
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("router").start(this::run);
  }

  /// A port at which nobody listens yet.
  static int freePort() {
    try (FakeRouter router = new FakeRouter(0)) {
      return router.port();
    }
  }

  int port() {
    return server.getLocalPort();
  }

  private void run() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.getOutputStream().write(OPEN);
        socket.getOutputStream().write(KEEPALIVE);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
          byte[] header = in.readNBytes(HEADER);
          if (header.length < HEADER) {
            break;
          }
          int length = (header[16] & 0xff) * 256 + (header[17] & 0xff);
          in.skipNBytes(length - HEADER);
          if (header[18] == UPDATE) {
            told = true;
          }
        }
        ended = true;
      } catch (IOException _) {
        // The next one.
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
