// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What a service proxy has at a `healthCheckNodePort`, with faults on demand.
final class HealthServer implements AutoCloseable {

  private final ServerSocket server = new ServerSocket();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger questions = new AtomicInteger();
  volatile String answer = "";
  volatile boolean closing;
  volatile boolean mute;

  HealthServer(InetAddress address, int port) throws IOException {
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(address, port));
    says(200);
    Thread.ofVirtual().start(this::accept);
  }

  static HealthServer start() {
    try {
      return new HealthServer(InetAddress.ofLiteral("127.0.0.1"), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  void says(int status) {
    String body = "{\"localEndpoints\": " + (status == 200 ? 1 : 0) + "}";
    answer = "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      while (line != null) {
        if (line.isEmpty()) {
          questions.incrementAndGet();
          if (!mute) {
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
          }
          if (closing) {
            return;
          }
        }
        line = in.readLine();
      }
    } catch (IOException _) {
      // The other side went away.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
