// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.speaker.health.StatusLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The connection to one `healthCheckNodePort`, kept from question to question. Owned by the thread
/// of [HealthPolls]; nothing here waits.
///
/// Only the status is read. What else an answer brings is dropped before the next question, so that
/// no body has to be understood.
final class HealthConnection {

  /// More than any proxy says; who sends more is asked on a new connection next time.
  private static final int LARGEST_REST = 64 * 1024;

  private final int port;
  private final ByteBuffer request;
  private final byte[] head = new byte[StatusLine.LENGTH];
  private int headLength;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  private @Nullable InetAddress address;

  /// Whether an answer has come on the present connection.
  private boolean proven;

  /// What came of a step.
  sealed interface Progress {

    record Waiting() implements Progress {}

    /// @param status of HTTP
    record Answered(int status) implements Progress {}

    /// The connection that was kept is of no use any more: another may be.
    record Stale() implements Progress {}

    /// Nobody listens there, or somebody who does not speak HTTP.
    record Failed() implements Progress {}
  }

  HealthConnection(int port) {
    this.port = port;
    this.request =
        ByteBuffer.wrap(
            ("GET /healthz HTTP/1.1\r\nHost: localhost:" + port + "\r\nUser-Agent: gitlb\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  int port() {
    return port;
  }

  boolean isOpen() {
    return channel != null;
  }

  /// Asks on the connection that is there.
  Progress ask(ByteBuffer scratch) {
    SocketChannel open = channel;
    if (open == null) {
      return new Progress.Stale();
    }
    try {
      return dropRest(open, scratch) ? send(open) : new Progress.Stale();
    } catch (IOException _) {
      return new Progress.Stale();
    }
  }

  /// Connects to an address of this node, and asks when that is done.
  Progress connect(InetAddress to, Selector selector) {
    close();
    proven = false;
    address = to;
    SocketChannel opened = null;
    try {
      opened = SocketChannel.open();
      opened.configureBlocking(false);
      channel = opened;
      boolean connected = opened.connect(new InetSocketAddress(to, port));
      key = opened.register(selector, SelectionKey.OP_CONNECT, this);
      return connected ? send(opened) : new Progress.Waiting();
    } catch (IOException _) {
      close();
      return new Progress.Failed();
    }
  }

  /// The address that is connected to, or was last.
  @Nullable InetAddress address() {
    return address;
  }

  /// Goes on when the channel is ready.
  Progress ready() {
    SocketChannel open = channel;
    if (open == null) {
      return new Progress.Failed();
    }
    try {
      if (!open.isConnected()) {
        return open.finishConnect() ? send(open) : new Progress.Waiting();
      }
      return read(open);
    } catch (IOException _) {
      return broken();
    }
  }

  private Progress broken() {
    return proven ? new Progress.Stale() : new Progress.Failed();
  }

  private Progress send(SocketChannel open) throws IOException {
    headLength = 0;
    request.rewind();
    open.write(request);
    if (request.hasRemaining()) {
      // A buffer that does not take a hundred octets belongs to somebody who reads nothing.
      return broken();
    }
    interest(SelectionKey.OP_READ);
    return new Progress.Waiting();
  }

  private Progress read(SocketChannel open) throws IOException {
    int read = open.read(ByteBuffer.wrap(head, headLength, head.length - headLength));
    if (read < 0) {
      return broken();
    }
    headLength += read;
    return switch (StatusLine.read(head, headLength)) {
      case StatusLine.Incomplete _ -> new Progress.Waiting();
      case StatusLine.Malformed _ -> broken();
      case StatusLine.Complete(int status) -> {
        proven = true;
        interest(0);
        yield new Progress.Answered(status);
      }
    };
  }

  /// @return whether the connection can still be used
  private static boolean dropRest(SocketChannel open, ByteBuffer scratch) throws IOException {
    int dropped = 0;
    while (dropped < LARGEST_REST) {
      scratch.clear();
      int read = open.read(scratch);
      if (read <= 0) {
        return read == 0;
      }
      dropped += read;
    }
    return false;
  }

  private void interest(int operations) {
    SelectionKey registered = key;
    if (registered != null && registered.isValid()) {
      registered.interestOps(operations);
    }
  }

  void close() {
    SocketChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // It is gone either way.
      }
    }
  }
}
