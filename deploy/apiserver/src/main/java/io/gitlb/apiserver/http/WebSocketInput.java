// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;

/// Reads what a watching client sends: pings and the end, nothing else matters (RFC 6455).
final class WebSocketInput {
  private static final int PONG = 0x8A;
  private static final int OPCODE_CLOSE = 0x8;
  private static final int OPCODE_PING = 0x9;

  /// Control frames are at most 125 bytes; nothing longer is expected from a watcher.
  private static final int FRAME_LIMIT_BYTES = 64 * 1024;

  private final BufferedInputStream in;

  WebSocketInput(BufferedInputStream in) {
    this.in = in;
  }

  /// Sends something to the client.
  @FunctionalInterface
  interface Sender {
    void send(byte[] frame) throws IOException;
  }

  /// Reads until the client closes or is gone; answers pings.
  void drain(Sender sender) throws IOException {
    while (true) {
      int opcode = need() & 0x0f;
      int second = need();
      long length = second & 0x7f;
      if (length == 126) {
        length = number(2);
      } else if (length == 127) {
        length = number(8);
      }
      if (length > FRAME_LIMIT_BYTES) {
        throw new IOException("a frame of " + length + " bytes from a watcher");
      }
      byte[] mask = (second & 0x80) == 0 ? new byte[4] : in.readNBytes(4);
      byte[] payload = in.readNBytes((int) length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      if (opcode == OPCODE_CLOSE) {
        return;
      }
      if (opcode == OPCODE_PING) {
        ByteArrayOutputStream pong = new ByteArrayOutputStream();
        EventWriter.WebSocket.frame(pong, PONG, payload);
        sender.send(pong.toByteArray());
      }
    }
  }

  private long number(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | need();
    }
    return value;
  }

  private int need() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the watcher has gone");
    }
    return next;
  }
}
