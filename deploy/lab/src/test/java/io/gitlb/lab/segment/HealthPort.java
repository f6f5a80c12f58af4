// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// What a service proxy has at a `healthCheckNodePort` of its node: 200 while there is an endpoint,
/// else 503, as kube-proxy and Cilium say it. Lives in this process.
public final class HealthPort implements AutoCloseable {

  private final CompletableFuture<ServerSocket> server = new CompletableFuture<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean endpoint;
  private volatile boolean closed;

  /// When it was said first that there is no endpoint any more.
  private volatile Instant saidEnd = Instant.MAX;

  private HealthPort() {}

  /// Begins without an endpoint.
  public static HealthPort start(LabNode node, int port) {
    HealthPort health = new HealthPort();
    Inside.start(node.host(), "health-" + node.name(), () -> health.serve(port));
    health.server.join();
    return health;
  }

  /// The node has an endpoint from now on.
  public void begin() {
    endpoint = true;
  }

  /// The node has none from now on.
  public void end() {
    saidEnd = Instant.MAX;
    endpoint = false;
  }

  /// When somebody who asked was told so first since the last [#end]; [Instant#MAX] when nobody
  /// was.
  public Instant saidEnd() {
    return saidEnd;
  }

  private void serve(int port) {
    // A socket belongs to the namespace of the thread that makes it.
    try (ServerSocket inside = new ServerSocket()) {
      inside.setReuseAddress(true);
      inside.bind(new InetSocketAddress(port));
      server.complete(inside);
      while (!closed) {
        Socket socket = inside.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException e) {
      server.completeExceptionally(e);
      if (!closed) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      // One that was accepted while the proxy went away gets no answer either.
      while (line != null && !closed) {
        if (line.isEmpty()) {
          boolean there = endpoint;
          String body = "{\"localEndpoints\": " + (there ? 1 : 0) + "}";
          String status = there ? "200 OK" : "503 Service Unavailable";
          if (!there && saidEnd.equals(Instant.MAX)) {
            saidEnd = Instant.now();
          }
          String answer =
              "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        }
        line = in.readLine();
      }
    } catch (IOException _) {
      // The speaker went away.
    } finally {
      open.remove(socket);
    }
  }

  /// The proxy is gone: connections are refused.
  @Override
  public void close() {
    closed = true;
    try {
      server.join().close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
