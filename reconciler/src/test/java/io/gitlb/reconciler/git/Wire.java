// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A TCP connection's way to a server on this host, counted and cut where a test wants it.
final class Wire implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();

  private Wire(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// @param target the port of the server
  static Wire to(int target) {
    try {
      return new Wire(target);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /// Bytes to the server.
  long sent() {
    return sent.get();
  }

  /// Bytes from it.
  long received() {
    return received.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> copy(client, server, sent));
        Thread.ofVirtual().start(() -> copy(server, client, received));
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void copy(Socket from, Socket to, AtomicLong counter) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        counter.addAndGet(count);
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // One end is gone, so the other one goes.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
