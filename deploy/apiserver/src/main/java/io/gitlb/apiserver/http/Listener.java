// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import io.gitlb.apiserver.api.ApiHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections and gives each a virtual thread.
public final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /// Many clients may start at once.
  private static final int BACKLOG = 1024;

  private final ServerSocket server;
  private final ApiHandler handler;
  private final int bodyLimitBytes;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Listener(ServerSocket server, ApiHandler handler, int bodyLimitBytes) {
    this.server = server;
    this.handler = handler;
    this.bodyLimitBytes = bodyLimitBytes;
  }

  /// Binds and begins to serve.
  ///
  /// @throws IOException when the address cannot be bound
  public static Listener start(
      InetSocketAddress address, SSLContext tls, ApiHandler handler, int bodyLimitBytes)
      throws IOException {
    SSLServerSocket server = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
    server.setReuseAddress(true);
    server.bind(address, BACKLOG);
    Listener listener = new Listener(server, handler, bodyLimitBytes);
    Thread.ofVirtual().name("apiserver-accept").start(listener::accept);
    return listener;
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Connection connection = new Connection(socket, handler, bodyLimitBytes);
        Thread.ofVirtual()
            .name("apiserver-connection")
            .start(
                () -> {
                  try {
                    connection.run();
                  } finally {
                    open.remove(socket);
                  }
                });
      } catch (IOException failed) {
        if (!server.isClosed()) {
          LOG.warn("a connection could not be accepted: {}", failed.getMessage());
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
