// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import io.gitlb.apiserver.api.ApiHandler;
import io.gitlb.apiserver.api.ApiRequest;
import io.gitlb.apiserver.api.EventFeed;
import io.gitlb.apiserver.api.Reply;
import io.gitlb.apiserver.http.RequestReader.Incoming;
import io.gitlb.apiserver.resource.Refusal;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;

/// One client's connection; its thread reads requests and answers them one after another.
final class Connection implements Runnable {
  /// RFC 6455 section 1.3.
  private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /// How long and how much a refused client may go on sending.
  private static final int DISCARD_MILLIS = 2_000;

  private static final long DISCARD_LIMIT_BYTES = 64L * 1024 * 1024;

  private final Socket socket;
  private final ApiHandler handler;
  private final int bodyLimitBytes;
  private final ReentrantLock writing = new ReentrantLock();

  Connection(Socket socket, ApiHandler handler, int bodyLimitBytes) {
    this.socket = socket;
    this.handler = handler;
    this.bodyLimitBytes = bodyLimitBytes;
  }

  private enum Next {
    REQUEST,
    CLOSE
  }

  @Override
  public void run() {
    try (socket) {
      socket.setTcpNoDelay(true);
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      RequestReader reader = new RequestReader(in, out, socket.getInetAddress(), bodyLimitBytes);
      Next next = Next.REQUEST;
      while (next == Next.REQUEST) {
        next =
            switch (reader.next()) {
              case Incoming.End() -> Next.CLOSE;
              case Incoming.Bad(int code, String why) -> {
                Refusal refusal =
                    code == 413 ? Refusal.bodyTooLarge(bodyLimitBytes) : Refusal.badRequest(why);
                write(out, (Reply.Document) Reply.refused(refusal), Next.CLOSE);
                discardRest(in);
                yield Next.CLOSE;
              }
              case Incoming.Request(ApiRequest request) -> serve(in, out, request);
            };
      }
    } catch (IOException gone) {
      // The client went away, or never spoke TLS: there is nobody to tell.
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /// Reads on for a while, or the client would see its connection reset instead of the answer.
  private void discardRest(BufferedInputStream in) throws IOException {
    socket.setSoTimeout(DISCARD_MILLIS);
    long left = DISCARD_LIMIT_BYTES;
    byte[] buffer = new byte[16 * 1024];
    int read = 0;
    while (left > 0 && read >= 0) {
      read = in.read(buffer);
      left -= read;
    }
  }

  private Next serve(BufferedInputStream in, OutputStream out, ApiRequest request)
      throws IOException, InterruptedException {
    boolean last = request.header("connection").equalsIgnoreCase("close");
    return switch (handler.handle(request)) {
      case Reply.Document document -> write(out, document, last ? Next.CLOSE : Next.REQUEST);
      case Reply.Events(EventFeed feed) -> {
        try (feed) {
          boolean upgrade = request.header("upgrade").equalsIgnoreCase("websocket");
          EventWriter writer =
              upgrade
                  ? new EventWriter.WebSocket(accept(request.header("sec-websocket-key")))
                  : new EventWriter.Chunks();
          stream(in, out, feed, writer);
        }
        yield Next.CLOSE;
      }
    };
  }

  private static Next write(OutputStream out, Reply.Document document, Next next)
      throws IOException {
    byte[] content = document.content();
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nCache-Control: no-cache%s\r\n\r\n"
            .formatted(
                document.code(),
                phrase(document.code()),
                document.mediaType(),
                content.length,
                next == Next.CLOSE ? "\r\nConnection: close" : "");
    ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length() + content.length);
    whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(content);
    whole.writeTo(out);
    out.flush();
    return next;
  }

  private static String phrase(int code) {
    return code < 300 ? "OK" : "Error";
  }

  private void stream(BufferedInputStream in, OutputStream out, EventFeed feed, EventWriter writer)
      throws IOException, InterruptedException {
    writer.begin(out);
    Thread watcher = Thread.ofVirtual().name("watch-input").start(() -> drain(in, out, writer));
    try {
      while (!socket.isClosed()) {
        EventFeed.Batch batch = feed.next();
        if (!batch.events().isEmpty()) {
          locked(() -> writer.write(out, batch.events()));
        }
        switch (batch.after()) {
          case MORE -> {}
          case END -> {
            locked(() -> writer.end(out));
            return;
          }
          case CUT -> {
            return;
          }
        }
      }
    } finally {
      socket.close();
      watcher.join();
    }
  }

  /// Notices that the client has gone while there is nothing to write.
  private void drain(BufferedInputStream in, OutputStream out, EventWriter writer) {
    try (socket) {
      switch (writer) {
        case EventWriter.Chunks _ -> {
          while (in.read() >= 0) {
            // a client has nothing to say during a watch
          }
        }
        case EventWriter.WebSocket _ ->
            new WebSocketInput(in).drain(frame -> locked(() -> out.write(frame)));
      }
    } catch (IOException gone) {
      // that is what was waited for
    }
  }

  @FunctionalInterface
  private interface Output {
    void perform() throws IOException;
  }

  private void locked(Output output) throws IOException {
    writing.lock();
    try {
      output.perform();
    } finally {
      writing.unlock();
    }
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + WEB_SOCKET_GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }
}
