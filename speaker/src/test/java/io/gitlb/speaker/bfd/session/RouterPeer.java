// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Decoded;
import io.gitlb.speaker.bfd.Reception;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One single-hop session with a real router (RFC 5881): `INTERFACE LOCAL REMOTE TYPE|- PASSWORD`.
/// Prints each change as `STATE DIAGNOSTIC` and each refused packet as `DROP REASON`.
final class RouterPeer extends SimpleChannelInboundHandler<DatagramPacket> {

  private static final int PORT = 3784;
  private static final Duration PACE = Duration.ofMillis(100);

  private final BfdSession session;
  private final EpollDatagramChannel sender;
  private final InetSocketAddress remote;

  private RouterPeer(EventLoop loop, String[] arguments) {
    this.remote = new InetSocketAddress(InetAddress.ofLiteral(arguments[2]), PORT);
    this.sender =
        DatagramSockets.sending(
            loop, arguments[0], new InetSocketAddress(InetAddress.ofLiteral(arguments[1]), 50_000));
    this.session =
        new BfdSession(
            SessionTimers.forRouter(PACE, PACE, 3),
            Role.ACTIVE,
            7,
            authentication(arguments),
            RandomGenerator.getDefault(),
            Instant.now());
    DatagramSockets.receiving(loop, arguments[0], InetAddress.ofLiteral("0.0.0.0"), PORT, this);
    var _ = loop.scheduleAtFixedRate(this::tick, 0, 5, TimeUnit.MILLISECONDS);
  }

  private static @Nullable Authentication authentication(String[] arguments) {
    if (arguments[3].equals("-")) {
      return null;
    }
    byte[] secret = arguments[4].getBytes(StandardCharsets.US_ASCII);
    return new Authentication(
        AuthenticationType.valueOf(arguments[3]), List.of(new AuthenticationKey(1, secret)));
  }

  static void main(String[] arguments) {
    EventLoop loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
    loop.execute(() -> new RouterPeer(loop, arguments));
  }

  private void tick() {
    Instant now = Instant.now();
    perform(session.transmit(now));
    perform(session.detect(now));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
    ByteBuffer octets = datagram.content().nioBuffer();
    switch (BfdCodec.decode(octets)) {
      case Decoded.Dropped dropped -> System.out.println("DROP " + dropped.reason());
      case Decoded.Wellformed(BfdPacket packet) -> {
        switch (session.receive(packet, octets, Instant.now())) {
          case Reception.Dropped dropped -> System.out.println("DROP " + dropped.reason());
          case Reception.Taken taken -> perform(taken.actions());
        }
      }
    }
  }

  private void perform(List<Action> actions) {
    for (Action action : actions) {
      switch (action) {
        case Action.Changed changed ->
            System.out.println(changed.to() + " " + changed.diagnostic());
        case Action.Send(BfdPacket packet) -> {
          ByteBuffer out = ByteBuffer.allocate(BfdCodec.MAX_OCTETS);
          session.encode(packet, out);
          var _ =
              sender.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(out.flip()), remote));
        }
      }
    }
  }
}
