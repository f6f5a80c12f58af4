// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.Decoded;
import io.gitlb.speaker.bfd.SessionState;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A router on loopback, at an address of this process's own, that hears BFD packets and sends any.
public class RouterEnd implements AutoCloseable {

  /// A packet that answers a Poll.
  public static final int FINAL = BfdPacket.FINAL;

  private static final long WAITING_SECONDS = 15;

  final List<BfdPacket> heard = new CopyOnWriteArrayList<>();
  final List<Long> heardAt = new CopyOnWriteArrayList<>();
  final List<Integer> sourcePorts = new CopyOnWriteArrayList<>();
  final RouterPath path;

  private volatile long lastSent;
  private final InetAddress ours;
  private final InetAddress theirs;
  private final int port;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  public RouterEnd(Hops hops) throws Exception {
    long pid = ProcessHandle.current().pid();
    String net = "127." + (1 + pid % 250) + "." + (pid / 250) % 250 + ".";
    ours = InetAddress.ofLiteral(net + 1);
    theirs = InetAddress.ofLiteral(net + 2);
    path = new RouterPath(IpAddress.of(net + 2), "", Optional.of(IpAddress.of(net + 1)), hops);
    port = path.service().port();
    EventLoop loop = group.next();
    var _ =
        loop.submit(
                () ->
                    DatagramSockets.receiving(
                        loop,
                        "",
                        new InetSocketAddress(theirs, port),
                        SocketFilter.anyone(true, 255),
                        new Ear()))
            .sync();
  }

  /// The speaker's address.
  public IpAddress ours() {
    return path.source().orElseThrow();
  }

  /// The router's.
  public IpAddress theirs() {
    return path.remote();
  }

  /// Sends every 50 ms, brings a session up and keeps it so until it is closed; then the router is
  /// silent. The speaker is to bear that for ten times the 100 ms that the packets promise.
  public Beat beating() {
    return new Beat();
  }

  /// When the last beat was sent, as [System#nanoTime] has it.
  public long lastSent() {
    return lastSent;
  }

  /// What the speaker has sent last that it is.
  public SessionState heardState() {
    return heard.isEmpty() ? SessionState.DOWN : last().state();
  }

  /// The pace that the speaker has promised last.
  public Duration promised() {
    return heard.isEmpty() ? Duration.ZERO : Duration.ofNanos(last().desiredMinTxMicros() * 1_000);
  }

  /// Whether the speaker waits for the router's word on its pace.
  public boolean isPolled() {
    return last().has(BfdPacket.POLL);
  }

  /// The last that the service has sent.
  BfdPacket last() {
    return heard.getLast();
  }

  /// Forgets all but the last. Waits for the one that is coming in: a part of a list is lost when
  /// the list grows.
  synchronized void forget() {
    heard.subList(0, heard.size() - 1).clear();
    heardAt.subList(0, heardAt.size() - 1).clear();
    sourcePorts.subList(0, sourcePorts.size() - 1).clear();
  }

  /// What a router in that state sends that asks for 100 ms.
  public BfdPacket packet(SessionState state, int flags) {
    return packet(state, flags, 100_000, 100_000);
  }

  BfdPacket packet(SessionState state, int flags, long tx, long rx) {
    boolean first = state == SessionState.DOWN || state == SessionState.ADMIN_DOWN;
    return new BfdPacket(0, state, flags, 50, 99, first ? 0 : last().myDiscriminator(), tx, rx, 0);
  }

  static byte[] octets(BfdPacket packet) {
    byte[] octets = new byte[BfdCodec.MANDATORY_OCTETS];
    BfdCodec.encode(packet, BfdCodec.MANDATORY_OCTETS, ByteBuffer.wrap(octets));
    return octets;
  }

  public void send(BfdPacket packet) throws Exception {
    send(octets(packet), 255);
  }

  void send(byte[] octets, int ttl) throws Exception {
    send(theirs, octets, ttl);
  }

  void sendFromElsewhere(byte[] octets) throws Exception {
    send(InetAddress.ofLiteral("127.0.0.1"), octets, 255);
  }

  private void send(InetAddress from, byte[] octets, int ttl) throws Exception {
    send(from, List.of(octets), ttl);
  }

  /// One after another, from one port.
  void send(List<byte[]> packets) throws Exception {
    send(theirs, packets, 255);
  }

  private void send(InetAddress from, List<byte[]> packets, int ttl) throws Exception {
    EventLoop loop = group.next();
    EpollDatagramChannel channel =
        loop.submit(() -> DatagramSockets.sending(loop, "", new InetSocketAddress(from, 0), ttl))
            .get();
    for (byte[] octets : packets) {
      var _ =
          channel
              .writeAndFlush(
                  new DatagramPacket(
                      Unpooled.wrappedBuffer(octets), new InetSocketAddress(ours, port)))
              .sync();
    }
    var _ = channel.close().sync();
  }

  public static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAITING_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /// A router in good health.
  public final class Beat implements AutoCloseable {

    private volatile boolean ended;
    private final Thread thread = Thread.ofPlatform().daemon().start(this::run);

    private void run() {
      while (!ended) {
        boolean heardOf = heardState() == SessionState.INIT || heardState() == SessionState.UP;
        SessionState state = heardOf ? SessionState.UP : SessionState.DOWN;
        int yours = heardOf ? last().myDiscriminator() : 0;
        lastSent = System.nanoTime();
        try {
          send(new BfdPacket(0, state, 0, 10, 99, yours, 100_000, 100_000, 0));
          TimeUnit.MILLISECONDS.sleep(50);
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }

    @Override
    public void close() {
      ended = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Ear extends SimpleChannelInboundHandler<DatagramPacket> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
      if (BfdCodec.decode(datagram.content().nioBuffer())
          instanceof Decoded.Wellformed(BfdPacket packet)) {
        synchronized (RouterEnd.this) {
          sourcePorts.add(datagram.sender().getPort());
          heardAt.add(System.nanoTime());
          heard.add(packet);
        }
      }
    }
  }
}
