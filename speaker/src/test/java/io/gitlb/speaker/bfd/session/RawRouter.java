// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.Decoded;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.SessionTimers;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// One session of [RouterSessions] and a router, played by hand, that may send anything. Both are
/// on loopback, at addresses of this process's own.
final class RawRouter implements AutoCloseable {

  /// Detection takes 3 s: a busy machine is no reason.
  static final SessionTimers TIMERS =
      SessionTimers.forRouter(Duration.ofMillis(300), Duration.ofMillis(300), 10);

  private static final long WAITING_SECONDS = 15;

  final List<BfdPacket> heard = new CopyOnWriteArrayList<>();
  final List<Integer> sourcePorts = new CopyOnWriteArrayList<>();
  final List<SessionState> states = new CopyOnWriteArrayList<>();
  final List<RouterPath> lost = new CopyOnWriteArrayList<>();
  final RouterPath path;
  final RouterSessions sessions;

  private final InetAddress ours;
  private final InetAddress theirs;
  private final int port;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  RawRouter(Hops hops, Optional<Authentication> authentication) throws Exception {
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
    sessions =
        RouterSessions.open(
            new RouterListener() {
              @Override
              public void changed(RouterPath of, SessionState state, Diagnostic diagnostic) {
                states.add(state);
              }

              @Override
              public void lost(RouterPath of) {
                lost.add(of);
              }
            });
    apply(TIMERS, authentication);
    await(() -> !heard.isEmpty());
  }

  void apply(SessionTimers timers, Optional<Authentication> authentication) {
    sessions.apply(
        new TreeMap<>(Map.of(path, new RouterTerms(timers, Role.ACTIVE, authentication, 254))));
  }

  /// The last that the service has sent.
  BfdPacket last() {
    return heard.getLast();
  }

  /// What a router in that state sends that asks for 100 ms.
  BfdPacket packet(SessionState state, int flags) {
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

  void send(BfdPacket packet) throws Exception {
    send(octets(packet), 255);
  }

  void send(byte[] octets, int ttl) throws Exception {
    send(theirs, octets, ttl);
  }

  void sendFromElsewhere(byte[] octets) throws Exception {
    send(InetAddress.ofLiteral("127.0.0.1"), octets, 255);
  }

  private void send(InetAddress from, byte[] octets, int ttl) throws Exception {
    EventLoop loop = group.next();
    EpollDatagramChannel channel =
        loop.submit(() -> DatagramSockets.sending(loop, "", new InetSocketAddress(from, 0), ttl))
            .get();
    var _ =
        channel
            .writeAndFlush(
                new DatagramPacket(
                    Unpooled.wrappedBuffer(octets), new InetSocketAddress(ours, port)))
            .sync();
    var _ = channel.close().sync();
  }

  /// By the handshake.
  void bringUp() throws Exception {
    send(packet(SessionState.DOWN, 0));
    await(() -> state() == SessionState.INIT);
    send(packet(SessionState.INIT, 0));
    await(() -> state() == SessionState.UP);
  }

  SessionState state() {
    return states.isEmpty() ? SessionState.DOWN : states.getLast();
  }

  long drops(String reason) {
    return sessions.drops().getOrDefault(reason, -1L);
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAITING_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    sessions.close();
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Ear extends SimpleChannelInboundHandler<DatagramPacket> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
      if (BfdCodec.decode(datagram.content().nioBuffer())
          instanceof Decoded.Wellformed(BfdPacket packet)) {
        sourcePorts.add(datagram.sender().getPort());
        heard.add(packet);
      }
    }
  }
}
