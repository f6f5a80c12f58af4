// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A server on a free loopback port, with its own threads, and raw connections to it.
final class LocalServer implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpLoops loops = HttpLoops.open(1);
  private final HttpServer server;

  private LocalServer(HttpServerSettings settings, HttpHandler handler) {
    server =
        switch (HttpServer.start(loops, settings, handler)) {
          case HttpServerStart.Listening(HttpServer listening) -> listening;
          case HttpServerStart.Refused(String message) -> throw new AssertionError(message);
        };
  }

  static LocalServer plain(HttpHandler handler) {
    return plain(HttpLimits.DEFAULTS, handler);
  }

  static LocalServer plain(HttpLimits limits, HttpHandler handler) {
    return new LocalServer(
        new HttpServerSettings(loopback(0), new ServerSecurity.Plaintext(), limits), handler);
  }

  static LocalServer secured(ServerSecurity security, HttpHandler handler) {
    return new LocalServer(
        new HttpServerSettings(loopback(0), security, HttpLimits.DEFAULTS), handler);
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  HttpLoops loops() {
    return loops;
  }

  HttpServer server() {
    return server;
  }

  HttpClient client() {
    return client(new ClientSecurity.Plaintext());
  }

  HttpClient client(ClientSecurity security) {
    return HttpClient.create(loops, HttpClientSettings.of("127.0.0.1", server.port(), security));
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  /// Sends the text on a new connection and reads until the server closes.
  String talk(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return readAll(socket);
    }
  }

  static String readAll(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  static HttpAnswer answer(HttpResult result) {
    return switch (result) {
      case HttpResult.Answered(HttpAnswer answer) -> answer;
      case HttpResult.Unreachable(String reason, var _) -> throw new AssertionError(reason);
      case HttpResult.TimedOut(String reason) -> throw new AssertionError(reason);
    };
  }

  @Override
  public void close() {
    server.close();
    loops.close();
  }
}
