// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Decoded;
import io.gitlb.speaker.bfd.Discriminators;
import io.gitlb.speaker.bfd.DropReason;
import io.gitlb.speaker.bfd.Pauses;
import io.gitlb.speaker.bfd.Reception;
import io.gitlb.speaker.bfd.Reprieve;
import io.gitlb.speaker.bfd.SessionState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All sessions of one kind, on their loop.
///
/// @param <K> what tells them apart
final class SessionTable<K extends Comparable<K>> {

  private static final Logger log = LoggerFactory.getLogger(SessionTable.class);

  private static final Duration MAX_SLEEP = Duration.ofMillis(20);
  private static final Duration MIN_SLEEP = Duration.ofMillis(1);

  private static final int SCRATCH_OCTETS = 256;

  // Sockets take time to open; what runs already must not wait for all of them.
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long BREATH_MILLIS = 2;

  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final SessionListener<K> listener;
  private final DropCounts drops;
  private final RandomGenerator chance = new SecureRandom();
  private final Discriminators<OpenSession<K>> byDiscriminator = new Discriminators<>(chance);

  // key → its session (1:1)
  private final SortedMap<K, OpenSession<K>> sessions = new TreeMap<>();
  // session that nobody wants any more → until when its peer is told so (1:1)
  private final Map<OpenSession<K>, Instant> leaving = new HashMap<>();
  // where and from whom → the session (1:1)
  private final Map<Source, OpenSession<K>> bySource = new HashMap<>();
  private final SessionPorts ports;
  private final Set<K> complained = new HashSet<>();
  private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_OCTETS);
  private final Instant origin = Instant.EPOCH;
  private final long originNanos = System.nanoTime();
  private long expectedNanos = originNanos;
  private final Reprieve reprieve = new Reprieve();
  private final Pauses pauses = new Pauses();
  private long wishes;
  private boolean closed;
  private Runnable whenClosed = () -> {};

  private record Source(PortKey port, InetAddress address) {

    static Source of(PortKey port, InetAddress sender) {
      return new Source(port, SessionPorts.bare(sender));
    }
  }

  SessionTable(EventLoop loop, SessionListener<K> listener, DropCounts drops) {
    this.loop = loop;
    this.listener = listener;
    this.drops = drops;
    this.ports = new SessionPorts(loop, chance, this::heard);
  }

  /// By how much rounds come too late now and then.
  Duration recurringPause() {
    return pauses.recurring(now());
  }

  private Instant now() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }

  /// Sends and judges what is due, and comes again.
  void tick() {
    if (closed && leaving.isEmpty()) {
      whenClosed.run();
      return;
    }
    long begun = System.nanoTime();
    long sleep = MIN_SLEEP.toNanos();
    try {
      sleep = round(begun);
    } finally {
      // A round that took long is a gap, too. Whatever ended this one, there is another.
      expectedNanos = begun + sleep;
      var _ = loop.schedule(this::tick, sleep, TimeUnit.NANOSECONDS);
    }
  }

  /// @return for how long nothing is due
  private long round(long begun) {
    Instant now = now();
    Duration late = Duration.ofNanos(begun - expectedNanos);
    pauses.note(now, late);
    boolean judges = reprieve.judges(now, late);
    Instant next = now.plus(MAX_SLEEP);
    for (OpenSession<K> session : List.copyOf(leaving.keySet())) {
      guarded(session, () -> takeLeave(session, now));
    }
    for (OpenSession<K> session : sessions.values()) {
      guarded(session, () -> attend(session, now, judges));
      Optional<Instant> due = session.machine().nextDue();
      if (due.isPresent() && due.get().isBefore(next)) {
        next = due.get();
      }
    }
    Duration left = Duration.between(now, next);
    return (left.compareTo(MIN_SLEEP) < 0 ? MIN_SLEEP : left).toNanos();
  }

  // A defect in one session, or in what listens to it, must not end the others.
  private void guarded(OpenSession<K> session, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      log.error("Defect in the session with {}", session.key(), e);
    }
  }

  private void attend(OpenSession<K> session, Instant now, boolean judges) {
    session.perform(session.machine().transmit(now), listener);
    if (judges) {
      session.perform(session.machine().detect(now), listener);
    }
  }

  private void takeLeave(OpenSession<K> session, Instant now) {
    Instant until = leaving.getOrDefault(session, now);
    if (now.isBefore(until)) {
      session.perform(session.machine().transmit(now), listener);
    }
    if (!now.isBefore(until)) {
      leaving.remove(session);
      finish(session);
    }
  }

  /// Takes the whole set; what is new begins little by little.
  ///
  /// @param indexes of the interfaces that there are, by name
  void take(SortedMap<K, SessionWish> wanted, SortedMap<String, Integer> indexes) {
    if (closed) {
      return;
    }
    for (OpenSession<K> known : List.copyOf(sessions.values())) {
      SessionWish wish = wanted.get(known.key());
      if (wish != null && !indexOf(wish, indexes).equals(Optional.of(known.at().index()))) {
        lose(known);
      } else if (wish != null && wish.keepsSessionOf(known.wish())) {
        follow(known, wish);
      } else if (wish != null && isRenumbered(known, wish)) {
        lose(known);
      } else {
        end(known);
      }
    }
    complained.retainAll(wanted.keySet());
    closeUnused();
    wishes++;
    beginSome(new ArrayDeque<>(wanted.entrySet()), indexes, wishes);
  }

  // What else goes that way hears nothing any more either.
  private boolean isRenumbered(OpenSession<K> known, SessionWish wish) {
    InetAddress local = known.wish().path().local();
    return !local.equals(wish.path().local()) && !ports.isOurs(local, known.at());
  }

  private void follow(OpenSession<K> known, SessionWish wish) {
    boolean refilter = wish.minimumTtl() != known.wish().minimumTtl();
    known.follow(wish, now());
    if (refilter) {
      ports.filter(known.at(), minimums(known.at()));
    }
  }

  private static Optional<Integer> indexOf(SessionWish wish, SortedMap<String, Integer> indexes) {
    String name = wish.path().interfaceName();
    return name.isEmpty() ? Optional.of(0) : Optional.ofNullable(indexes.get(name));
  }

  private void beginSome(
      Queue<Map.Entry<K, SessionWish>> waiting, SortedMap<String, Integer> indexes, long of) {
    long end = System.nanoTime() + SLICE_NANOS;
    while (!closed && of == wishes && !waiting.isEmpty()) {
      if (System.nanoTime() - end > 0) {
        var _ =
            loop.schedule(
                () -> beginSome(waiting, indexes, of), BREATH_MILLIS, TimeUnit.MILLISECONDS);
        return;
      }
      Map.Entry<K, SessionWish> next = waiting.remove();
      Optional<Integer> index = indexOf(next.getValue(), indexes);
      if (index.isPresent() && !sessions.containsKey(next.getKey())) {
        begin(next.getKey(), next.getValue(), index.get());
      }
    }
  }

  private void begin(K key, SessionWish wish, int index) {
    PortKey at = SessionPorts.of(wish.path(), index);
    try {
      ports.hear(at);
      open(key, wish, at);
      ports.filter(at, minimums(at));
      complained.remove(key);
    } catch (RuntimeException e) {
      // The kernel's refusals and Netty's come in many forms; other targets go on whatever it is.
      if (complained.add(key)) {
        log.warn("No session with {}; tried again each second", key, e);
      }
    }
  }

  private Map<InetAddress, Integer> minimums(PortKey at) {
    Map<InetAddress, Integer> minimums = new HashMap<>();
    sessions
        .values()
        .forEach(
            session -> {
              if (session.at().equals(at)) {
                minimums.put(source(session).address(), session.wish().minimumTtl());
              }
            });
    return minimums;
  }

  private void open(K key, SessionWish wish, PortKey at) {
    EpollDatagramChannel channel = ports.sender(wish.path().local(), at);
    int discriminator = byDiscriminator.draw();
    BfdSession machine =
        new BfdSession(
            wish.timers(),
            wish.role(),
            discriminator,
            wish.authentication().orElse(null),
            chance,
            now());
    OpenSession<K> session =
        new OpenSession<>(
            key, at, wish, machine, channel, SessionPorts.remote(wish.path().remote(), at));
    sessions.put(key, session);
    byDiscriminator.put(discriminator, session);
    bySource.put(source(session), session);
  }

  // The interface is gone, or another one has its name, or our address is gone: a failure like any
  // other of the path.
  private void lose(OpenSession<K> session) {
    session.perform(session.machine().losePath(), listener);
    forget(session);
    finish(session);
  }

  private void forget(OpenSession<K> session) {
    sessions.remove(session.key());
    bySource.remove(source(session), session);
  }

  private void end(OpenSession<K> session) {
    Instant now = now();
    Duration farewell = farewell(session);
    session.perform(session.machine().disable(now), listener);
    forget(session);
    if (farewell.isZero()) {
      finish(session);
    } else {
      leaving.put(session, now.plus(farewell));
    }
  }

  // RFC 5880 section 6.8.16: at least a detection time. Speakers ask each other besides.
  private static Duration farewell(OpenSession<?> session) {
    boolean brief =
        session.at().service() == Service.LIVENESS || session.machine().state() != SessionState.UP;
    Duration told = session.machine().remoteDetectionTime();
    return brief ? Duration.ZERO : told.compareTo(LONGEST_FAREWELL) < 0 ? told : LONGEST_FAREWELL;
  }

  private void finish(OpenSession<K> session) {
    byDiscriminator.remove(session.machine().discriminator());
    session.close();
  }

  private void closeUnused() {
    Set<PortKey> used = new HashSet<>();
    sessions.values().forEach(session -> used.add(session.at()));
    ports.retain(used);
  }

  /// How all sessions stand.
  Map<K, BfdSession> machines() {
    Map<K, BfdSession> machines = new HashMap<>();
    sessions.forEach((key, session) -> machines.put(key, session.machine()));
    return machines;
  }

  /// Tells the peers and ends.
  ///
  /// @param done run when they were told for long enough
  void close(Runnable done) {
    List.copyOf(sessions.values()).forEach(this::end);
    closeUnused();
    whenClosed = done;
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
          heard(packet, port, datagram.sender().getAddress());
    }
  }

  /// A guess costs one lookup: who sends it is looked at when it is right.
  private void heard(BfdPacket packet, PortKey port, InetAddress sender) {
    int named = packet.yourDiscriminator();
    Optional<OpenSession<K>> session =
        named == 0
            ? Optional.ofNullable(bySource.get(Source.of(port, sender)))
            : byDiscriminator.find(named);
    if (session.isEmpty()) {
      count(named == 0 ? DropReason.UNKNOWN_SOURCE : DropReason.UNKNOWN_DISCRIMINATOR);
    } else if (!source(session.get()).equals(Source.of(port, sender))) {
      count(DropReason.UNKNOWN_SOURCE);
    } else {
      take(packet, session.get());
    }
  }

  private void take(BfdPacket packet, OpenSession<K> session) {
    switch (session.machine().receive(packet, scratch, now())) {
      case Reception.Dropped(DropReason reason) -> count(reason);
      case Reception.Taken taken -> session.perform(taken.actions(), listener);
    }
  }

  private void count(DropReason reason) {
    drops.count(reason);
  }

  private static Source source(OpenSession<?> session) {
    return Source.of(session.at(), session.wish().path().remote());
  }
}
