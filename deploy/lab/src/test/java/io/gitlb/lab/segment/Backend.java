// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.schema.value.Ipv4;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/// What runs behind the addresses on each node, and the rule that leads to it, in the place of
/// kube-proxy. Lives in this process: no failure of a speaker touches it.
public final class Backend implements AutoCloseable {

  /// Of a connection that gets one octet and is closed.
  public static final int SHORT = 80;

  /// Of a connection that is answered octet by octet until the client closes it.
  public static final int LONG = 81;

  private static final int SHORT_TARGET = 8080;
  private static final int LONG_TARGET = 8081;
  private static final int BACKLOG = 512;

  private final LabNode node;
  private volatile boolean closed;

  private Backend(LabNode node) {
    this.node = node;
  }

  /// Starts backends and rules on a node for addresses.
  public static Backend start(LabNode node, List<Ipv4> addresses) {
    Backend backend = new Backend(node);
    StringBuilder rules =
        new StringBuilder(
            "add table ip lab; add chain ip lab pre { type nat hook prerouting priority -100; };");
    for (Ipv4 address : addresses) {
      rules.append(rule(node, address, SHORT, SHORT_TARGET));
      rules.append(rule(node, address, LONG, LONG_TARGET));
    }
    node.host().exec("nft", rules.toString()).orThrow();
    Inside.start(
        node.host(), "backend-" + node.name(), () -> backend.serve(SHORT_TARGET, backend::once));
    Inside.start(
        node.host(), "flows-" + node.name(), () -> backend.serve(LONG_TARGET, backend::flow));
    return backend;
  }

  private static String rule(LabNode node, Ipv4 address, int port, int target) {
    return "add rule ip lab pre ip daddr %s tcp dport %d dnat to %s:%d;"
        .formatted(address, port, node.address(), target);
  }

  /// What to do with a new connection.
  private interface Service {
    void take(Socket socket) throws IOException;
  }

  private void serve(int port, Service service) {
    try (ServerSocket server = new ServerSocket()) {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(node.address(), port), BACKLOG);
      while (!closed) {
        Socket socket = server.accept();
        try {
          service.take(socket);
        } catch (IOException _) {
          // The client went away.
        }
      }
    } catch (IOException e) {
      if (!closed) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void once(Socket socket) throws IOException {
    try (socket) {
      socket.getOutputStream().write('x');
    }
  }

  private void flow(Socket socket) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (socket;
                  InputStream in = socket.getInputStream()) {
                int octet = in.read();
                while (octet >= 0) {
                  socket.getOutputStream().write(octet);
                  octet = in.read();
                }
              } catch (IOException _) {
                // The client went away.
              }
            });
  }

  @Override
  public void close() {
    closed = true;
  }
}
