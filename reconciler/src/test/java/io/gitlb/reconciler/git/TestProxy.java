// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A small HTTP proxy on loopback: CONNECT for https, whole URLs for http, with or without a login.
/// Every request is a connection of its own to the server.
final class TestProxy implements AutoCloseable {

  private final ServerSocket socket;
  private final Optional<String> authorization;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private TestProxy(ServerSocket socket, Optional<String> authorization) {
    this.socket = socket;
    this.authorization = authorization;
  }

  static TestProxy open() {
    return started(Optional.empty());
  }

  static TestProxy withLogin(String user, String password) {
    return started(Optional.of(HttpGitServer.basic(user, password)));
  }

  private static TestProxy started(Optional<String> authorization) {
    try {
      TestProxy proxy =
          new TestProxy(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()), authorization);
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  int port() {
    return socket.getLocalPort();
  }

  /// `CONNECT host:port` and `GET url` of what was let through.
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      List<String> head = head(in);
      if (head.isEmpty()) {
        return;
      }
      String[] line = head.getFirst().split(" ", 3);
      if (authorization.isPresent()
          && head.stream()
              .noneMatch(
                  header ->
                      header
                          .toLowerCase(Locale.ROOT)
                          .equals(
                              ("proxy-authorization: " + authorization.get())
                                  .toLowerCase(Locale.ROOT)))) {
        client
            .getOutputStream()
            .write(
                bytes(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic"
                        + " realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        return;
      }
      requests.add(line[0] + " " + line[1]);
      if (line[0].equals("CONNECT")) {
        String[] target = line[1].split(":", 2);
        try (Socket server = connect(target[0], Integer.parseInt(target[1]))) {
          client.getOutputStream().write(bytes("HTTP/1.1 200 OK\r\n\r\n"));
          both(in, client, server);
        }
      } else {
        URI url = URI.create(line[1]);
        try (Socket server = connect(url.getHost(), url.getPort())) {
          server.getOutputStream().write(bytes(forwarded(head, line, url)));
          both(in, client, server);
        }
      }
    } catch (IOException e) {
      // One of the three is gone.
    }
  }

  private Socket connect(String host, int port) throws IOException {
    Socket server = new Socket(host, port);
    open.add(server);
    return server;
  }

  private static String forwarded(List<String> head, String[] line, URI url) {
    List<String> lines = new ArrayList<>();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    lines.add(line[0] + " " + url.getRawPath() + query + " HTTP/1.1");
    head.stream()
        .skip(1)
        .filter(header -> !header.toLowerCase(Locale.ROOT).matches("(proxy-)?connection:.*"))
        .filter(header -> !header.toLowerCase(Locale.ROOT).startsWith("proxy-authorization"))
        .forEach(lines::add);
    lines.add("Connection: close");
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n') {
        if (line.isEmpty()) {
          return lines;
        }
        lines.add(line.toString());
        line.setLength(0);
      } else if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return List.of();
  }

  private static void both(InputStream in, Socket client, Socket server) throws IOException {
    Thread up =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    in.transferTo(server.getOutputStream());
                  } catch (IOException e) {
                    // The other direction ends it.
                  }
                });
    OutputStream out = client.getOutputStream();
    server.getInputStream().transferTo(out);
    up.interrupt();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket one : open) {
        one.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
