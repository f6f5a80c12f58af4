// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Peers of AS 64513 on one host, one at each of its addresses, that take whatever they are told
/// and count it. A stuck one reads nothing after the OPEN. They say nothing more after the first
/// KEEPALIVE, so a session lasts as long as its hold time, 90 s.
public final class BgpSinks implements AutoCloseable {

  private static final int PORT = 179;
  private static final int HEADER = 19;
  private static final int LONGEST = 65_535;
  private static final String MARKER = "ff".repeat(16);

  /// Version 4, AS 64513, 90 s, 10.78.0.1; capabilities: IPv4 unicast, 4-octet AS.
  private static final byte[] GREETING =
      HexFormat.of()
          .parseHex(
              MARKER
                  + "002b01"
                  + "04fc01005a0a4e00010e"
                  + "020c"
                  + "010400010001"
                  + "41040000fc01"
                  + MARKER
                  + "001304");

  private final String stuck;
  private final Map<String, Sink> sinks = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// One peer.
  private static final class Sink {

    private final ByteBuffer buffer = ByteBuffer.allocate(2 * LONGEST);
    private final AtomicInteger announced = new AtomicInteger();
    private volatile long last;
  }

  private BgpSinks(String stuck) {
    this.stuck = stuck;
  }

  /// Begins to listen.
  ///
  /// @param stuck the address of the one that reads nothing; empty for none
  public static BgpSinks start(Host host, String stuck) {
    BgpSinks sinks = new BgpSinks(stuck);
    CompletableFuture<Boolean> open = new CompletableFuture<>();
    Inside.start(host, "sinks", () -> sinks.run(open));
    open.join();
    return sinks;
  }

  private void run(CompletableFuture<Boolean> open) {
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress("0.0.0.0", PORT), 256);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      open.complete(true);
      while (!closed) {
        selector.select(key -> ready(selector, key), 100);
      }
    } catch (IOException e) {
      open.completeExceptionally(e);
      throw new UncheckedIOException(e);
    }
  }

  private void ready(Selector selector, SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept(selector, ((ServerSocketChannel) key.channel()).accept());
      } else {
        read((SocketChannel) key.channel(), (Sink) key.attachment());
      }
    } catch (IOException _) {
      key.cancel(); // The speaker has ended it.
    }
  }

  private void accept(Selector selector, SocketChannel channel) throws IOException {
    String address = ((InetSocketAddress) channel.getLocalAddress()).getAddress().getHostAddress();
    channel.configureBlocking(false);
    channel.write(ByteBuffer.wrap(GREETING));
    Sink sink = new Sink();
    sinks.put(address, sink);
    if (!address.equals(stuck)) {
      channel.register(selector, SelectionKey.OP_READ, sink);
    }
  }

  private static void read(SocketChannel channel, Sink sink) throws IOException {
    if (channel.read(sink.buffer) < 0) {
      channel.close();
      return;
    }
    sink.buffer.flip();
    while (sink.buffer.remaining() >= HEADER) {
      int length = Short.toUnsignedInt(sink.buffer.getShort(sink.buffer.position() + 16));
      if (sink.buffer.remaining() < length) {
        break;
      }
      int announced = BgpMessage.announcedIn(sink.buffer.slice(sink.buffer.position(), length));
      if (announced > 0) {
        sink.announced.addAndGet(announced);
        sink.last = System.nanoTime();
      }
      sink.buffer.position(sink.buffer.position() + length);
    }
    sink.buffer.compact();
  }

  /// How many peers that read have been told of at least so many prefixes.
  public long having(int prefixes) {
    return sinks.values().stream().filter(sink -> sink.announced.get() >= prefixes).count();
  }

  /// When the last of them was told of a prefix, as [System#nanoTime].
  public long last() {
    return sinks.values().stream().mapToLong(sink -> sink.last).max().orElseThrow();
  }

  /// Forgets what was told so far.
  public void forget() {
    sinks.values().forEach(sink -> sink.announced.set(0));
  }

  @Override
  public void close() {
    closed = true;
  }
}
