// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.lab.segment.Backend;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.Inside;
import io.gitlb.schema.value.Ipv4;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// Connections that stay open while the owner changes.
final class Flows implements AutoCloseable {

  private static final int LIMIT_MILLIS = 3_000;

  private final List<Socket> sockets = new ArrayList<>();

  private Flows() {}

  static Flows open(Field field, Ipv4 address, int count) {
    Flows flows = new Flows();
    InetSocketAddress service = new InetSocketAddress(address.toString(), Backend.LONG);
    try (Inside client = new Inside(field.lab().client())) {
      for (int i = 0; i < count; i++) {
        flows.sockets.add(
            client.call(
                () -> {
                  Socket socket = new Socket();
                  socket.connect(service, LIMIT_MILLIS);
                  socket.setSoTimeout(LIMIT_MILLIS);
                  return socket;
                }));
      }
    }
    if (flows.alive() != count) {
      throw new IllegalStateException("new flows do not work");
    }
    return flows;
  }

  /// How many still carry an octet there and back.
  int alive() {
    return (int) sockets.stream().filter(Flows::carries).count();
  }

  private static boolean carries(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      return socket.getInputStream().read() == 'x';
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void close() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException _) {
        // It is gone either way.
      }
    }
  }
}
