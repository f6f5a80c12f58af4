// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import io.gitlb.apiserver.api.ApiRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads the requests of one connection (RFC 9112), within limits.
final class RequestReader {
  /// As generous as Go's own server is with a header.
  private static final int HEADER_LIMIT_BYTES = 64 * 1024;

  private final BufferedInputStream in;
  private final OutputStream out;
  private final InetAddress remote;
  private final int bodyLimitBytes;

  RequestReader(BufferedInputStream in, OutputStream out, InetAddress remote, int bodyLimitBytes) {
    this.in = in;
    this.out = out;
    this.remote = remote;
    this.bodyLimitBytes = bodyLimitBytes;
  }

  /// What came in.
  sealed interface Incoming {
    record Request(ApiRequest request) implements Incoming {}

    /// The client has gone.
    record End() implements Incoming {}

    /// Not to be served; the connection is of no further use.
    record Bad(int code, String why) implements Incoming {}
  }

  Incoming next() throws IOException {
    Optional<String> head = readHead();
    if (head.isEmpty()) {
      return new Incoming.End();
    }
    String[] lines = head.get().split("\r\n", -1);
    String[] start = lines[0].split(" ");
    if (start.length != 3 || !start[2].startsWith("HTTP/1.")) {
      return new Incoming.Bad(400, "not an HTTP/1.1 request");
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
        headers.merge(
            name, lines[i].substring(colon + 1).strip(), (one, more) -> one + ", " + more);
      }
    }
    return withBody(start[0], start[1], headers);
  }

  private Incoming withBody(String method, String uri, Map<String, String> headers)
      throws IOException {
    long length = contentLength(headers);
    if (length < 0) {
      return new Incoming.Bad(400, "bad Content-Length");
    }
    if (length > bodyLimitBytes) {
      return new Incoming.Bad(413, "limit is " + bodyLimitBytes);
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    byte[] body;
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      Optional<byte[]> whole = readChunks();
      if (whole.isEmpty()) {
        return new Incoming.Bad(413, "limit is " + bodyLimitBytes);
      }
      body = whole.get();
    } else {
      body = in.readNBytes((int) length);
      if (body.length < length) {
        return new Incoming.End();
      }
    }
    int mark = uri.indexOf('?');
    try {
      String path = decode((mark < 0 ? uri : uri.substring(0, mark)).replace("+", "%2B"));
      return new Incoming.Request(
          new ApiRequest(
              method,
              path.isEmpty() ? "/" : path,
              query(mark < 0 ? "" : uri.substring(mark + 1)),
              headers,
              new ApiRequest.Body(body),
              remote));
    } catch (IllegalArgumentException badEscape) {
      return new Incoming.Bad(400, "bad escape in the URI");
    }
  }

  /// -1 for nonsense.
  private static long contentLength(Map<String, String> headers) {
    String text = headers.getOrDefault("content-length", "0");
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) : -1;
  }

  /// All up to the empty line; empty at the end of the stream.
  private Optional<String> readHead() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream(512);
    int newlines = 0;
    while (newlines < 2) {
      int next = in.read();
      if (next < 0 || head.size() > HEADER_LIMIT_BYTES) {
        return Optional.empty();
      }
      if (head.size() == 0 && (next == '\r' || next == '\n')) {
        continue;
      }
      head.write(next);
      newlines = next == '\n' ? newlines + 1 : next == '\r' ? newlines : 0;
    }
    return Optional.of(head.toString(StandardCharsets.ISO_8859_1).stripTrailing());
  }

  /// Empty when the body is too large.
  private Optional<byte[]> readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = readLine();
      int end = size.indexOf(';');
      String digits = (end < 0 ? size : size.substring(0, end)).strip();
      if (!digits.matches("[0-9a-fA-F]{1,7}")) {
        throw new IOException("bad chunk size");
      }
      int length = Integer.parseInt(digits, 16);
      if (body.size() + length > bodyLimitBytes) {
        return Optional.empty();
      }
      body.writeBytes(in.readNBytes(length));
      if (length == 0) {
        while (!readLine().isEmpty()) {
          // trailers are of no interest
        }
        return Optional.of(body.toByteArray());
      }
      readLine();
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < HEADER_LIMIT_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection ended in the middle of a body");
      }
      if (next == '\n') {
        break;
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String part : text.split("&")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        query.putIfAbsent(decode(part.substring(0, equals)), decode(part.substring(equals + 1)));
      } else if (!part.isEmpty()) {
        query.putIfAbsent(decode(part), "");
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
