// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Decoded;
import io.gitlb.speaker.bfd.Discriminators;
import io.gitlb.speaker.bfd.DropReason;
import io.gitlb.speaker.bfd.Reception;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All sessions, on their loop.
final class SessionTable {

  private static final Logger log = LoggerFactory.getLogger(SessionTable.class);

  // Nobody is judged by a clock that was not looked at: after so long a gap what waits is read
  // first.
  private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long READING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long MAX_READING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final Duration MAX_SLEEP = Duration.ofMillis(20);
  private static final Duration MIN_SLEEP = Duration.ofMillis(1);

  // RFC 5881 section 4.
  private static final int FIRST_SOURCE_PORT = 49_152;
  private static final int SOURCE_PORTS = 16_384;
  private static final int PORT_ATTEMPTS = 16;
  private static final int SCRATCH_OCTETS = 256;

  private final EventLoop loop;
  private final LivenessKeys keys;
  private final LivenessListener listener;
  private final DropCounts drops;
  private final RandomGenerator chance = new SecureRandom();
  private final Discriminators<OpenSession> byDiscriminator = new Discriminators<>(chance);

  // target → its session (1:1)
  private final SortedMap<LivenessTarget, OpenSession> sessions = new TreeMap<>();
  // where and from whom → the session (1:1)
  private final Map<Source, OpenSession> bySource = new HashMap<>();
  // interface and family → the socket that hears (1:1)
  private final Map<PortKey, EpollDatagramChannel> ports = new HashMap<>();
  private final Set<LivenessTarget> complained = new HashSet<>();
  private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_OCTETS);
  private final Instant origin = Instant.EPOCH;
  private final long originNanos = System.nanoTime();
  private long expectedNanos = originNanos;
  private Instant judgeFrom = origin;
  private Optional<Authentication> authentication;
  private boolean closed;

  private record Source(PortKey port, InetAddress address) {}

  SessionTable(EventLoop loop, LivenessKeys keys, LivenessListener listener, DropCounts drops) {
    this.loop = loop;
    this.keys = keys;
    this.listener = listener;
    this.drops = drops;
    this.authentication = keys.current();
  }

  private Instant now() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }

  /// Sends and judges what is due, and comes again.
  void tick() {
    if (closed) {
      return;
    }
    long begun = System.nanoTime();
    Instant now = now();
    long gap = begun - expectedNanos;
    if (gap > GAP_NANOS) {
      // The longer it was, the more waits.
      judgeFrom = now.plusNanos(Math.clamp(gap, READING_NANOS, MAX_READING_NANOS));
    }
    Instant next = now.plus(MAX_SLEEP);
    for (OpenSession session : sessions.values()) {
      attend(session, now);
      Optional<Instant> due = session.machine().nextDue();
      if (due.isPresent() && due.get().isBefore(next)) {
        next = due.get();
      }
    }
    Duration left = Duration.between(now, next);
    long sleep = (left.compareTo(MIN_SLEEP) < 0 ? MIN_SLEEP : left).toNanos();
    // A round that took long is a gap, too.
    expectedNanos = begun + sleep;
    var _ = loop.schedule(this::tick, sleep, TimeUnit.NANOSECONDS);
  }

  // A defect in one session, or in what listens to it, must not end the others.
  private void attend(OpenSession session, Instant now) {
    try {
      session.perform(session.machine().transmit(now), listener);
      if (!now.isBefore(judgeFrom)) {
        session.perform(session.machine().detect(now), listener);
      }
    } catch (RuntimeException e) {
      log.error("Defect in the liveness session with {}", session.target(), e);
    }
  }

  void take(SortedSet<LivenessTarget> wanted, SortedMap<String, Integer> indexes) {
    if (closed) {
      return;
    }
    takeKeys();
    for (OpenSession known : List.copyOf(sessions.values())) {
      Integer index = indexes.get(known.target().interfaceName());
      boolean there = index != null && index == known.at().index();
      if (!wanted.contains(known.target()) || !there) {
        end(known);
      }
    }
    complained.retainAll(wanted);
    for (LivenessTarget target : wanted) {
      Integer index = indexes.get(target.interfaceName());
      if (index != null && !sessions.containsKey(target)) {
        begin(target, index);
      }
    }
    closeUnused();
  }

  private void takeKeys() {
    Optional<Authentication> fresh = keys.current();
    if (!fresh.equals(authentication)) {
      authentication = fresh;
      fresh.ifPresent(all -> sessions.values().forEach(session -> session.machine().replace(all)));
    }
  }

  private void begin(LivenessTarget target, int index) {
    IpFamily family = target.local() instanceof Inet4Address ? IpFamily.IPV4 : IpFamily.IPV6;
    PortKey at = new PortKey(target.interfaceName(), index, family);
    try {
      if (!ports.containsKey(at)) {
        ports.put(at, listen(at));
      }
      open(target, at);
      complained.remove(target);
    } catch (RuntimeException e) {
      // The kernel's refusals and Netty's come in many forms; other targets go on whatever it is.
      if (complained.add(target)) {
        log.warn("No liveness session with {}; tried again each second", target, e);
      }
    }
  }

  private EpollDatagramChannel listen(PortKey at) {
    InetAddress any = at.family() == IpFamily.IPV4 ? bare(new byte[4]) : bare(new byte[16]);
    return DatagramSockets.receiving(
        loop, at.interfaceName(), any, LivenessSessions.PORT, new Handler(at));
  }

  private void open(LivenessTarget target, PortKey at) {
    EpollDatagramChannel channel = sender(target, at);
    int discriminator = byDiscriminator.draw();
    BfdSession machine =
        new BfdSession(
            SessionTimers.LIVENESS,
            Role.ACTIVE,
            discriminator,
            authentication.orElse(null),
            chance,
            now());
    OpenSession session =
        new OpenSession(
            target,
            at,
            machine,
            channel,
            new InetSocketAddress(scoped(target.remote(), at), LivenessSessions.PORT));
    sessions.put(target, session);
    byDiscriminator.put(discriminator, session);
    bySource.put(source(session), session);
  }

  private EpollDatagramChannel sender(LivenessTarget target, PortKey at) {
    IllegalStateException last = new IllegalStateException("no source port is free");
    for (int i = 0; i < PORT_ATTEMPTS; i++) {
      int port = FIRST_SOURCE_PORT + chance.nextInt(SOURCE_PORTS);
      try {
        return DatagramSockets.sending(
            loop, at.interfaceName(), new InetSocketAddress(scoped(target.local(), at), port));
      } catch (IllegalStateException e) {
        last = e;
      }
    }
    throw last;
  }

  private void end(OpenSession session) {
    session.perform(session.machine().disable(now()), listener);
    sessions.remove(session.target());
    byDiscriminator.remove(session.machine().discriminator());
    bySource.remove(source(session), session);
    var _ = session.channel().close();
  }

  private void closeUnused() {
    Set<PortKey> used = new HashSet<>();
    sessions.values().forEach(session -> used.add(session.at()));
    for (PortKey key : List.copyOf(ports.keySet())) {
      EpollDatagramChannel unused = used.contains(key) ? null : ports.remove(key);
      if (unused != null) {
        var _ = unused.close();
      }
    }
  }

  void close() {
    List.copyOf(sessions.values()).forEach(this::end);
    closeUnused();
    closed = true;
  }

  private void heard(PortKey port, DatagramPacket datagram) {
    ByteBuf content = datagram.content();
    scratch.clear().limit(Math.min(content.readableBytes(), SCRATCH_OCTETS));
    content.readBytes(scratch);
    scratch.flip();
    switch (BfdCodec.decode(scratch)) {
      case Decoded.Dropped(DropReason reason) -> count(reason);
      case Decoded.Wellformed(BfdPacket packet) ->
          heard(packet, new Source(port, bare(datagram.sender().getAddress().getAddress())));
    }
  }

  private void heard(BfdPacket packet, Source source) {
    OpenSession named =
        packet.yourDiscriminator() == 0
            ? bySource.get(source)
            : byDiscriminator.find(packet.yourDiscriminator()).orElse(null);
    if (named == null) {
      boolean first = packet.yourDiscriminator() == 0;
      count(first ? DropReason.UNKNOWN_SOURCE : DropReason.UNKNOWN_DISCRIMINATOR);
    } else if (!source(named).equals(source)) {
      count(DropReason.UNKNOWN_SOURCE);
    } else {
      switch (named.machine().receive(packet, scratch, now())) {
        case Reception.Dropped(DropReason reason) -> count(reason);
        case Reception.Taken taken -> named.perform(taken.actions(), listener);
      }
    }
  }

  private void count(DropReason reason) {
    drops.count(reason);
  }

  private static Source source(OpenSession session) {
    return new Source(session.at(), bare(session.target().remote().getAddress()));
  }

  private static InetAddress scoped(InetAddress address, PortKey at) {
    if (!(address instanceof Inet6Address) || !address.isLinkLocalAddress()) {
      return address;
    }
    try {
      return Inet6Address.getByAddress(null, address.getAddress(), at.index());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("16 octets are an address", impossible);
    }
  }

  private static InetAddress bare(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("4 or 16 octets are an address", impossible);
    }
  }

  private final class Handler extends SimpleChannelInboundHandler<DatagramPacket> {

    private final PortKey port;

    Handler(PortKey port) {
      this.port = port;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
      heard(port, datagram);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.warn("Defect while {} was heard", port, cause);
    }
  }
}
