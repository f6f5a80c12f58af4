// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static java.util.Objects.requireNonNull;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bgp.Event;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.PackedUpdate;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Decoding;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.RefreshSubtype;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.lang.reflect.InvocationTargetException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;

/// One TCP connection to a peer, from the attempt on: cuts the stream into messages and writes
/// ours. All methods run on its event loop. Never holds more than one message that came in.
final class Connection extends ChannelInboundHandlerAdapter {

  /// What a connection tells its session, in the order in which it happens.
  interface Owner {
    /// @param event the side that dialled, and our address
    void connected(Connection connection, Event event);

    void received(Connection connection, Decoding.Decoded decoded);

    void malformed(Connection connection, Notification answer);

    void messageSent(Connection connection);

    void writable(Connection connection);

    /// The last call.
    void closed(Connection connection, String cause);
  }

  /// How long the peer may take to read our last words. Closing at once while octets of the peer
  /// are unread would make the kernel reset the connection and lose them.
  private static final long LINGER_MILLIS = 1_000;

  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\S+\\(\\.\\.\\) failed with error\\(-\\d+\\): ");

  private final Owner owner;
  private final Channel channel;
  private final Function<IpAddress, Event> arrival;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private ByteBuffer buffer = ByteBuffer.allocate(MessageCodec.MAX_LENGTH);
  private MessageCodec codec = new MessageCodec(AsWidth.TWO_OCTETS);
  private Phase phase = Phase.OPEN;
  private Optional<String> cause = Optional.empty();

  private enum Phase {
    OPEN,
    /// Nothing goes in or out any more.
    ENDING
  }

  private Connection(
      Owner owner, Function<Connection, Channel> channel, Function<IpAddress, Event> arrival) {
    this.owner = owner;
    this.arrival = arrival;
    this.channel = channel.apply(this);
  }

  /// @param loop the one we are on
  /// @param connector starts the attempt with this handler
  static Connection dialled(
      Owner owner, EventLoop loop, Function<ChannelHandler, ChannelFuture> connector) {
    AtomicReference<ChannelFuture> attempt = new AtomicReference<>();
    Connection connection =
        new Connection(
            owner,
            handler -> {
              ChannelFuture begun = connector.apply(handler);
              attempt.set(begun);
              return begun.channel();
            },
            Event.Connected::new);
    connection.watch(requireNonNull(attempt.get(), "the attempt begins with the channel"), loop);
    return connection;
  }

  /// It begins with [#register].
  ///
  /// @param channel of a connection that the peer has made, not registered yet
  static Connection accepted(Owner owner, Channel channel) {
    Connection connection = new Connection(owner, _ -> channel, Event.Accepted::new);
    channel.pipeline().addLast(connection);
    return connection;
  }

  /// @param loop the one we are on
  void register(EventLoop loop) {
    watch(loop.register(channel), loop);
  }

  private void watch(ChannelFuture beginning, EventLoop loop) {
    beginning.addListener(
        (ChannelFuture done) -> {
          if (!done.isSuccess()) {
            // Later, as the owner has to know us before it hears of us.
            loop.execute(() -> ended(describe(done.cause())));
          }
        });
  }

  /// Our end, once connected.
  Optional<IpAddress> localAddress() {
    return channel.localAddress() instanceof InetSocketAddress local
        ? Optional.of(Sockets.fromSocket(local.getAddress()))
        : Optional.empty();
  }

  /// Done when the socket is closed.
  CompletableFuture<Void> gone() {
    return gone;
  }

  /// Without a hold time it is the kernel that notices when the peer is gone.
  void use(Negotiated agreed) {
    int limit =
        agreed.has(Extra.EXTENDED_MESSAGES)
            ? MessageCodec.MAX_EXTENDED_LENGTH
            : MessageCodec.MAX_LENGTH;
    RefreshSubtype subtype =
        agreed.has(Extra.ENHANCED_ROUTE_REFRESH) ? RefreshSubtype.MEANT : RefreshSubtype.RESERVED;
    codec = new MessageCodec(agreed.asWidth(), limit, subtype);
    if (agreed.holdTime().isZero() && channel.isOpen()) {
      Sockets.watchPeer(channel);
    }
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /// Goes out with the next flush.
  void write(Message message) {
    write(codec.encode(message));
  }

  /// Likewise. What waits shares its octets with what waits for other peers.
  void write(PackedUpdate update) {
    write(update.octets());
  }

  private void write(byte[] octets) {
    channel
        .write(Unpooled.wrappedBuffer(octets))
        .addListener(
            done -> {
              if (done.isSuccess() && phase == Phase.OPEN) {
                owner.messageSent(this);
              }
            });
  }

  /// Calls back when all that was written so far is with the kernel; never, where the connection
  /// ends before.
  void whenWritten(Runnable then) {
    channel
        .write(Unpooled.EMPTY_BUFFER)
        .addListener(
            done -> {
              if (done.isSuccess() && phase == Phase.OPEN) {
                then.run();
              }
            });
  }

  void flush() {
    if (channel.isRegistered()) { // Not where there was no socket to be had.
      channel.flush();
    }
  }

  /// Ends the stream behind what was written, gives the peer a moment to read it, and closes.
  void disconnect() {
    if (phase == Phase.ENDING) {
      return;
    }
    phase = Phase.ENDING;
    if (!channel.isActive()) {
      close();
      return;
    }
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> endStream());
    Future<?> _ = channel.eventLoop().schedule(this::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void endStream() {
    ChannelFuture _ = ((DuplexChannel) channel).shutdownOutput();
  }

  private void close() {
    if (channel.isRegistered()) {
      ChannelFuture _ = channel.close();
    }
  }

  /// Resets the connection; what was not sent is lost.
  void abort() {
    phase = Phase.ENDING;
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    close();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (phase == Phase.OPEN) {
      localAddress().map(arrival).ifPresent(event -> owner.connected(this, event));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof ByteBuf octets) {
        read(octets);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(ByteBuf octets) {
    while (octets.isReadable() && phase == Phase.OPEN) {
      if (!buffer.hasRemaining()) { // An extended message: the usual ones fit.
        buffer = ByteBuffer.allocate(MessageCodec.MAX_EXTENDED_LENGTH).put(buffer.flip());
      }
      int chunk = Math.min(octets.readableBytes(), buffer.remaining());
      buffer.limit(buffer.position() + chunk);
      octets.readBytes(buffer);
      buffer.limit(buffer.position()).position(0);
      decode();
      buffer.compact();
    }
  }

  private void decode() {
    while (phase == Phase.OPEN) {
      switch (codec.decode(buffer)) {
        case Decoding.NeedMore _ -> {
          return;
        }
        case Decoding.Decoded decoded -> owner.received(this, decoded);
        case Decoding.Malformed(Notification answer) -> {
          owner.malformed(this, answer);
          return;
        }
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (phase == Phase.OPEN && channel.isWritable()) {
      owner.writable(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    cause = Optional.of(describe(failure));
    close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended(cause.orElse("the peer closed the connection"));
  }

  private void ended(String why) {
    if (gone.isDone()) {
      return;
    }
    boolean expected = phase == Phase.ENDING;
    phase = Phase.ENDING;
    gone.complete(null);
    if (!expected) {
      owner.closed(this, why);
    }
  }

  /// Without the name and number of the system call that Netty puts in front, and in words where it
  /// has none: it tells of a refusal by the kind of the exception alone.
  static String describe(Throwable failure) {
    Throwable cause = failure.getCause();
    if (cause != null
        && (failure instanceof ChannelException || failure instanceof InvocationTargetException)) {
      return describe(cause); // Of a socket that was not made.
    }
    String message = String.valueOf(failure.getMessage());
    if (!message.startsWith("null")) {
      return SYSTEM_CALL.matcher(message).replaceFirst("");
    }
    return switch (failure) {
      case NoRouteToHostException _ -> "No route to host";
      case ConnectException _ -> "Connection refused";
      default -> failure.toString();
    };
  }
}
