// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.Event;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Decoding;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Octets;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Case 2 of the list of bad input, its second half: what a connection keeps of a message that is
/// not all there. It must follow what has come, never what was said to come.
class ConnectionTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int UPDATE = 2;

  /// What two runs of the same may differ by.
  private static final long SLACK = 2_048;

  private static Negotiated extended(Duration holdTime) {
    return agreed(holdTime, Extra.EXTENDED_MESSAGES);
  }

  private static Negotiated agreed(Duration holdTime, Extra extra) {
    return new Negotiated(
        new Asn(64_513),
        new Asn(64_512),
        new Ipv4(1),
        new Ipv4(2),
        holdTime,
        holdTime.dividedBy(3),
        new TreeSet<>(Set.of(AddressFamily.IPV4_UNICAST)),
        AsWidth.FOUR_OCTETS,
        Set.of(extra));
  }

  private final Heard heard = new Heard();

  /// Before the OPENs and after them, when a long message may come.
  private enum Time {
    BEFORE_THE_OPENS,
    WITH_LONG_MESSAGES
  }

  private EmbeddedChannel channel(Time time) {
    EmbeddedChannel channel = new EmbeddedChannel();
    Connection connection = Connection.accepted(heard, channel);
    switch (time) {
      case BEFORE_THE_OPENS -> {}
      case WITH_LONG_MESSAGES -> connection.use(extended(Duration.ofSeconds(90)));
    }
    return channel;
  }

  private static byte[] beginning(int claimed, int present) {
    return ByteBuffer.allocate(present)
        .putLong(-1)
        .putLong(-1)
        .putShort((short) claimed)
        .put((byte) UPDATE)
        .array();
  }

  /// Octets that were allocated while the beginning of such a message came, one at a time.
  private long cost(EmbeddedChannel channel, int claimed, int present) {
    byte[] octets = beginning(claimed, present);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (byte octet : octets) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {octet}));
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void case02AClaimedLengthCostsNothing() {
    cost(channel(Time.BEFORE_THE_OPENS), 101, 100); // Classes are loaded.
    long small = cost(channel(Time.BEFORE_THE_OPENS), 101, 100);
    long usual = cost(channel(Time.BEFORE_THE_OPENS), MessageCodec.MAX_LENGTH, 100);
    long longest = cost(channel(Time.WITH_LONG_MESSAGES), MessageCodec.MAX_EXTENDED_LENGTH, 100);

    assertTrue(Math.abs(usual - small) < SLACK, small + " octets, then " + usual);
    assertTrue(Math.abs(longest - small) < SLACK, small + " octets, then " + longest);
    assertEquals(List.of(), heard.answers);
  }

  /// The room for a usual message is there from the start; octets fill it, and nothing is added.
  @Test
  void case02AUsualMessageFitsTheRoomThatIsThere() {
    EmbeddedChannel channel = channel(Time.WITH_LONG_MESSAGES);
    byte[] octets = beginning(MessageCodec.MAX_EXTENDED_LENGTH, MessageCodec.MAX_LENGTH);
    channel.writeInbound(Unpooled.wrappedBuffer(octets, 0, 100));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    channel.writeInbound(Unpooled.wrappedBuffer(octets, 100, octets.length - 100));
    long grown = THREADS.getCurrentThreadAllocatedBytes() - before;

    assertTrue(grown < SLACK, grown + " octets");
  }

  /// Once, for the longest that there is, when more octets have come than a usual message has.
  @Test
  void case02ALongMessageTakesRoomOnce() {
    EmbeddedChannel channel = channel(Time.WITH_LONG_MESSAGES);
    byte[] octets = beginning(MessageCodec.MAX_EXTENDED_LENGTH, MessageCodec.MAX_EXTENDED_LENGTH);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int at = 0; at + 5_000 < octets.length; at += 5_000) {
      channel.writeInbound(Unpooled.wrappedBuffer(octets, at, 5_000));
    }
    long grown = THREADS.getCurrentThreadAllocatedBytes() - before;

    assertTrue(grown < MessageCodec.MAX_EXTENDED_LENGTH + 8 * SLACK, grown + " octets");
  }

  /// A length that may not be is refused as soon as it is there.
  @Test
  void case02ALengthThatMayNotBeIsNotWaitedFor() {
    EmbeddedChannel channel = channel(Time.BEFORE_THE_OPENS);
    channel.writeInbound(Unpooled.wrappedBuffer(beginning(4_097, 19), 0, 18));

    assertEquals(
        List.of(new Notification(1, 2, Octets.of(new byte[] {0x10, 0x01}))), heard.answers);
  }

  /// Nothing else ends it when the router is gone without a word, and what was under way to it
  /// would be sent again for a quarter of an hour.
  @Test
  void withoutAHoldTimeTheKernelWatchesThePeer() {
    assumeTrue(Epoll.isAvailable());
    EpollSocketChannel channel = new EpollSocketChannel();
    EpollSocketChannelConfig options = channel.config();
    try {
      Connection connection = Connection.accepted(heard, channel);
      connection.use(extended(Duration.ofSeconds(90)));
      assertFalse(options.isKeepAlive(), "the hold timer watches");

      connection.use(extended(Duration.ZERO));

      assertTrue(options.isKeepAlive());
      assertEquals(30, options.getTcpKeepIdle());
      assertEquals(10, options.getTcpKeepIntvl());
      assertEquals(90_000, options.getTcpUserTimeout());
    } finally {
      channel.unsafe().closeForcibly();
    }
  }

  private static final byte[] BEGIN_OF_REFRESH = {0, 1, 1, 1};
  private static final byte[] LONGER = {0, 1, 1, 1, 0};

  /// RFC 2918 section 3: the octet is reserved, and ignored.
  @Test
  void withoutEnhancedRefreshTheSubtypeMeansNothing() {
    EmbeddedChannel channel = new EmbeddedChannel();
    Connection.accepted(heard, channel).use(agreed(Duration.ofSeconds(90), Extra.ROUTE_REFRESH));

    channel.writeInbound(refresh(BEGIN_OF_REFRESH));
    channel.writeInbound(refresh(LONGER));

    RouteRefresh request = new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);
    assertEquals(List.of(request, request), heard.messages);
    assertEquals(List.of(), heard.answers);
  }

  /// RFC 7313 section 5.
  @Test
  void withEnhancedRefreshItDoes() {
    EmbeddedChannel channel = new EmbeddedChannel();
    Connection.accepted(heard, channel)
        .use(agreed(Duration.ofSeconds(90), Extra.ENHANCED_ROUTE_REFRESH));

    channel.writeInbound(refresh(BEGIN_OF_REFRESH));
    channel.writeInbound(refresh(LONGER));

    assertEquals(
        List.of(new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.BEGIN)), heard.messages);
    assertEquals("7/1", heard.answers.getFirst().code() + "/" + heard.answers.getFirst().subcode());
  }

  private static ByteBuf refresh(byte[] body) {
    return Unpooled.buffer()
        .writeLong(-1)
        .writeLong(-1)
        .writeShort(19 + body.length)
        .writeByte(5)
        .writeBytes(body);
  }

  /// Where no file descriptor is left Netty hands out a channel that can do nothing, and throws
  /// when it is asked to.
  @Test
  void aSocketThatIsNotMadeIsAnAttemptThatFailed() throws Exception {
    EventLoopGroup loops = Sockets.best().eventLoops(1);
    try {
      EventLoop loop = loops.next();
      ChannelFactory<Channel> exhausted =
          () -> {
            throw new ChannelException(
                "Unable to create Channel from class EpollSocketChannel",
                new InvocationTargetException(
                    new ChannelException(
                        new IOException(
                            "newSocketStream(..) failed with error(-24): Too many open files"))));
          };
      InetSocketAddress router = new InetSocketAddress(InetAddress.getLoopbackAddress(), 179);
      Connection connection =
          loop.submit(
                  () -> {
                    Connection dialled =
                        Connection.dialled(
                            heard,
                            loop,
                            handler ->
                                new Bootstrap()
                                    .group(loop)
                                    .channelFactory(exhausted)
                                    .handler(handler)
                                    .connect(router));
                    dialled.flush(); // As for all connections, behind each event.
                    return dialled;
                  })
              .get(10, TimeUnit.SECONDS);

      assertEquals("Too many open files", heard.end.get(10, TimeUnit.SECONDS));
      loop.submit(connection::disconnect).sync();
      loop.submit(connection::abort).sync();
      assertTrue(connection.gone().isDone());
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static final class Heard implements Connection.Owner {

    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final List<Message> messages = new ArrayList<>();
    private final List<Notification> answers = new ArrayList<>();

    @Override
    public void connected(Connection connection, Event event) {}

    @Override
    public void received(Connection connection, Decoding.Decoded decoded) {
      messages.add(decoded.message());
    }

    @Override
    public void malformed(Connection connection, Notification answer) {
      answers.add(answer);
    }

    @Override
    public void messageSent(Connection connection) {}

    @Override
    public void writable(Connection connection) {}

    @Override
    public void closed(Connection connection, String cause) {
      end.complete(cause);
    }
  }
}
