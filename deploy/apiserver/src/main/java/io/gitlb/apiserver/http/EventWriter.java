// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// How the events of a watch go over the connection.
sealed interface EventWriter {

  /// What comes before the first event.
  void begin(OutputStream out) throws IOException;

  void write(OutputStream out, List<byte[]> events) throws IOException;

  /// What says that the watch is over, in good order.
  void end(OutputStream out) throws IOException;

  /// One line per event in a chunked body.
  record Chunks() implements EventWriter {
    @Override
    public void begin(OutputStream out) throws IOException {
      String head =
          String.join(
              "\r\n",
              "HTTP/1.1 200 OK",
              "Content-Type: application/json",
              "Cache-Control: no-cache",
              "Transfer-Encoding: chunked",
              // The connection ends with the stream; a request sent on it then would be lost.
              "Connection: close",
              "",
              "");
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    @Override
    public void write(OutputStream out, List<byte[]> events) throws IOException {
      ByteArrayOutputStream chunk = new ByteArrayOutputStream();
      for (byte[] event : events) {
        chunk.writeBytes(event);
        chunk.write('\n');
      }
      ByteArrayOutputStream framed = new ByteArrayOutputStream(chunk.size() + 16);
      framed.writeBytes(
          (Integer.toHexString(chunk.size()) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      chunk.writeTo(framed);
      framed.write('\r');
      framed.write('\n');
      framed.writeTo(out);
      out.flush();
    }

    @Override
    public void end(OutputStream out) throws IOException {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }

  /// One text message per event, RFC 6455.
  ///
  /// @param accept answer to the client's key
  record WebSocket(String accept) implements EventWriter {
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int NORMAL_CLOSURE = 1000;

    @Override
    public void begin(OutputStream out) throws IOException {
      String head =
          String.join(
              "\r\n",
              "HTTP/1.1 101 Switching Protocols",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Accept: " + accept,
              "",
              "");
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    @Override
    public void write(OutputStream out, List<byte[]> events) throws IOException {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      for (byte[] event : events) {
        frame(frames, TEXT, event);
      }
      frames.writeTo(out);
      out.flush();
    }

    @Override
    public void end(OutputStream out) throws IOException {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      frame(
          frames, CLOSE, new byte[] {(byte) (NORMAL_CLOSURE >> 8), (byte) (NORMAL_CLOSURE & 0xff)});
      frames.writeTo(out);
      out.flush();
    }

    /// RFC 6455 section 5.2; a server does not mask.
    static void frame(ByteArrayOutputStream frames, int head, byte[] payload) {
      frames.write(head);
      if (payload.length < 126) {
        frames.write(payload.length);
      } else if (payload.length < 65536) {
        frames.write(126);
        frames.write(payload.length >> 8);
        frames.write(payload.length & 0xff);
      } else {
        frames.write(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frames.write((int) ((long) payload.length >> shift) & 0xff);
        }
      }
      frames.writeBytes(payload);
    }
  }
}
