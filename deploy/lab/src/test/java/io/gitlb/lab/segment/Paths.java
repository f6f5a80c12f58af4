// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.PacketSocket.Sees;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// Writes down to which node a client's packets go. A connection of which some went to one node and
/// some to another is cut: its state (address translation, socket) is on the first, and the second
/// answers with a reset. Nobody who announces an address can help that.
public final class Paths implements AutoCloseable {

  // Ethernet, IPv4 without options, TCP.
  private static final int MAC_OCTETS = 6;
  private static final int ETHER_TYPE = 12;
  private static final int IP = 14;
  private static final int PROTOCOL = IP + 9;
  private static final int DESTINATION = IP + 16;
  private static final int TCP = IP + 20;
  private static final int FLAGS = TCP + 13;
  private static final int SHORTEST = TCP + 20;

  private static final short IPV4 = 0x0800;
  private static final byte WITHOUT_OPTIONS = 0x45;
  private static final byte IS_TCP = 6;
  private static final int SYN = 0x02;

  private final List<Turn> turns = new ArrayList<>();
  private final Map<Integer, MacAddress> last = new HashMap<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean closed;

  /// The first packet of a connection, or the first that goes to another node than the one before.
  ///
  /// @param address of the service
  /// @param port of the client
  /// @param node the MAC address that it went to
  record Turn(long nanos, Ipv4 address, int port, MacAddress node, Kind kind) {}

  /// Which packet it was.
  enum Kind {
    BEGINS,
    GOES_ON
  }

  private Paths() {}

  /// Begins, for connections to [Backend#SHORT].
  public static Paths start(Host host) {
    Paths paths = new Paths();
    Inside.start(host, "paths", paths::run);
    try {
      paths.opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return paths;
  }

  private void run() {
    byte[] frame = new byte[128];
    try (PacketSocket socket = PacketSocket.open(LabNode.LAN, Sees.ALL, 100)) {
      opened.countDown();
      while (!closed) {
        if (socket.receive(frame) >= SHORTEST) {
          note(ByteBuffer.wrap(frame));
        }
      }
    }
  }

  private void note(ByteBuffer frame) {
    boolean ours =
        frame.getShort(ETHER_TYPE) == IPV4
            && frame.get(IP) == WITHOUT_OPTIONS
            && frame.get(PROTOCOL) == IS_TCP
            && frame.getShort(TCP + 2) == Backend.SHORT;
    if (!ours) {
      return;
    }
    int port = Short.toUnsignedInt(frame.getShort(TCP));
    byte[] target = new byte[MAC_OCTETS];
    frame.get(0, target);
    MacAddress node = MacAddress.ofBytes(target);
    boolean begins = (frame.get(FLAGS) & SYN) != 0;
    if (begins || !node.equals(last.get(port))) {
      last.put(port, node);
      Ipv4 address = new Ipv4(frame.getInt(DESTINATION));
      Kind kind = begins ? Kind.BEGINS : Kind.GOES_ON;
      synchronized (turns) {
        turns.add(new Turn(System.nanoTime(), address, port, node, kind));
      }
    }
  }

  /// The connections that the change of owner found under way: begun on the old owner, before
  /// anything had gone to another node, and gone on with elsewhere. One that was begun later and is
  /// cut because clients are sent back and forth is not among them.
  ///
  /// @param address whose owner changes
  /// @param span with one change of owner in it
  /// @return the client's ports
  public Set<Integer> underWay(Ipv4 address, MacAddress old, Span span) {
    synchronized (turns) {
      return underWay(
          turns.stream()
              .filter(turn -> turn.address().equals(address))
              .filter(turn -> turn.nanos() >= span.from() && turn.nanos() < span.to())
              .toList(),
          old);
    }
  }

  static Set<Integer> underWay(List<Turn> turns, MacAddress old) {
    Set<Integer> begun = new HashSet<>();
    Set<Integer> moved = new HashSet<>();
    boolean changed = false;
    for (Turn turn : turns) {
      if (!turn.node().equals(old)) {
        changed = true;
        if (begun.contains(turn.port())) {
          moved.add(turn.port());
        }
      } else if (!changed && turn.kind() == Kind.BEGINS) {
        begun.add(turn.port());
      }
    }
    return moved;
  }

  /// Forgets what is older.
  public void forgetBefore(long nanos) {
    synchronized (turns) {
      turns.removeIf(turn -> turn.nanos() < nanos);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
