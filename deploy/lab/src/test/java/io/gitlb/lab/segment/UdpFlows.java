// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/// Long flows: each sends a packet every 10 ms, and whichever node gets it sends it back with the
/// node's number. A flow keeps its ports, so it keeps its node while the router's routes stay.
public final class UdpFlows implements AutoCloseable {

  /// Between two packets of a flow.
  public static final Duration TICK = Duration.ofMillis(10);

  /// A packet that is not back after that is lost.
  public static final Duration LIMIT = Duration.ofMillis(500);

  private static final int PORT = 7_070;
  private static final int LENGTH = 12;

  private final List<List<Packet>> flows = new ArrayList<>();

  /// By flow: when each packet was sent.
  private final List<List<Long>> sent = new ArrayList<>();

  private volatile boolean closed;

  /// One packet that came back.
  private record Packet(long nanos, int node) {}

  private UdpFlows(int count) {
    for (int i = 0; i < count; i++) {
      flows.add(new ArrayList<>());
      sent.add(new ArrayList<>());
    }
  }

  /// Has a node send back what comes for an address, which it must have.
  ///
  /// @param number of the node
  public static void serve(Host node, String address, int number) {
    CompletableFuture<Boolean> open = new CompletableFuture<>();
    Inside.start(node, "echo-" + node.name(), () -> echo(address, number, open));
    open.join();
  }

  private static void echo(String address, int number, CompletableFuture<Boolean> open) {
    ByteBuffer packet = ByteBuffer.allocate(LENGTH);
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(address, PORT));
      open.complete(true);
      while (true) {
        var from = channel.receive(packet.clear());
        packet.putInt(Long.BYTES, number);
        channel.send(packet.flip(), from);
      }
    } catch (IOException e) {
      open.completeExceptionally(e);
      throw new UncheckedIOException(e);
    }
  }

  /// Begins.
  public static UdpFlows start(Host client, String address, int count) {
    UdpFlows flows = new UdpFlows(count);
    Inside.start(client, "udp-flows", () -> flows.run(new InetSocketAddress(address, PORT)));
    return flows;
  }

  private void run(InetSocketAddress service) {
    List<DatagramChannel> channels = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < flows.size(); i++) {
        DatagramChannel channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.connect(service);
        channel.register(selector, SelectionKey.OP_READ, i);
        channels.add(channel);
      }
      long due = System.nanoTime();
      while (!closed) {
        if (System.nanoTime() >= due) {
          due = Math.max(due + TICK.toNanos(), System.nanoTime());
          for (int i = 0; i < channels.size(); i++) {
            send(i, channels.get(i));
          }
        }
        selector.select(this::receive, Math.max(1, (due - System.nanoTime()) / 1_000_000));
      }
      for (DatagramChannel channel : channels) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(int flow, DatagramChannel channel) {
    long now = System.nanoTime();
    synchronized (this) {
      sent.get(flow).add(now);
    }
    try {
      channel.write(ByteBuffer.allocate(LENGTH).putLong(0, now));
    } catch (IOException _) {
      // An error message of the network before: this packet is lost.
    }
  }

  private void receive(SelectionKey key) {
    ByteBuffer packet = ByteBuffer.allocate(LENGTH);
    try {
      while (((DatagramChannel) key.channel()).read(packet.clear()) == LENGTH) {
        List<Packet> flow = flows.get((int) key.attachment());
        synchronized (this) {
          flow.add(new Packet(packet.getLong(0), packet.getInt(Long.BYTES)));
        }
      }
    } catch (IOException _) {
      // An error message of the network: a packet is lost.
    }
  }

  /// The longest time in which no packet of some flow that was sent came back: from the sending of
  /// the last good one before to that of the first good one after. Ask [#LIMIT] after its end.
  public synchronized Duration longestGap(Answering.Span span) {
    long longest = 0;
    for (List<Packet> flow : flows) {
      long last = span.from();
      for (Packet packet : in(flow, span)) {
        longest = Math.max(longest, packet.nanos() - last);
        last = packet.nanos();
      }
      longest = Math.max(longest, span.to() - last);
    }
    return Duration.ofNanos(longest);
  }

  /// How many packets that were sent did not come back. Ask [#LIMIT] after its end.
  public synchronized long lost(Answering.Span span) {
    long lost = 0;
    for (int i = 0; i < flows.size(); i++) {
      List<Packet> good = in(flows.get(i), span);
      long sent = sentIn(i, span);
      lost += sent - good.size();
    }
    return lost;
  }

  private long sentIn(int flow, Answering.Span span) {
    return sent.get(flow).stream()
        .filter(nanos -> nanos >= span.from() && nanos < span.to())
        .count();
  }

  /// The nodes that served a flow, flow by flow.
  public synchronized List<SortedSet<Integer>> nodes(Answering.Span span) {
    List<SortedSet<Integer>> nodes = new ArrayList<>();
    for (List<Packet> flow : flows) {
      SortedSet<Integer> own = new TreeSet<>();
      in(flow, span).forEach(packet -> own.add(packet.node()));
      nodes.add(own);
    }
    return nodes;
  }

  private static List<Packet> in(List<Packet> flow, Answering.Span span) {
    return flow.stream()
        .filter(packet -> packet.nanos() >= span.from() && packet.nanos() < span.to())
        .toList();
  }

  /// Forgets everything so far.
  public synchronized void forget() {
    flows.forEach(List::clear);
    sent.forEach(List::clear);
  }

  @Override
  public void close() {
    closed = true;
  }
}
