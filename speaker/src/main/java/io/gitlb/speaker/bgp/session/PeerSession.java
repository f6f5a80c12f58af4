// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.Action;
import io.gitlb.speaker.bgp.AdjRibOut;
import io.gitlb.speaker.bgp.Advertisement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.Event;
import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.Fsm;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.NextHops;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.Step;
import io.gitlb.speaker.bgp.StopReason;
import io.gitlb.speaker.bgp.Timer;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AttributeFault;
import io.gitlb.speaker.bgp.packet.Decoding;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.PeerStatus.LastError;
import io.gitlb.speaker.bgp.session.PeerStatus.Traffic;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one peer's FSM: turns what happens into events and performs the actions. Everything but
/// [#status] runs on the peer's event loop.
final class PeerSession implements Connection.Owner {

  private static final Logger log = LoggerFactory.getLogger(PeerSession.class);

  /// Changes of routes and requests for them that come within this time go out together.
  private static final Duration COALESCING_TIME = Duration.ofMillis(10);

  /// How many faulty attributes of one UPDATE the log shows.
  private static final int FAULTS_SHOWN = 5;

  private final EventLoop loop;
  private final Surroundings surroundings;

  /// As first given; a later one that keeps the session differs in nothing that makes it.
  private final PeerConfig config;

  private final Queue<Event> events = new ArrayDeque<>();

  /// timer → its pending expiry (1:1)
  private final Map<Timer, Future<?>> timers = new EnumMap<>(Timer.class);

  /// families that the peer wants again
  private final SortedSet<AddressFamily> wantedAgain = new TreeSet<>();

  private Fsm fsm;
  private Handling handling = Handling.IDLE;
  private Due due = Due.NOTHING;
  private Optional<Connection> connection = Optional.empty();
  private Optional<IpAddress> local = Optional.empty();
  private Optional<AdjRibOut> ribOut = Optional.empty();
  private CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);

  /// prefix → its attributes (1:1)
  private SortedMap<IpPrefix, RouteAttributes> desired = new TreeMap<>();

  private SortedMap<IpPrefix, Omission> omitted = new TreeMap<>();
  private Traffic traffic = Traffic.NONE;
  private Optional<LastError> lastError = Optional.empty();
  private Instant since;
  private volatile PeerStatus status;

  /// Whether an event is being handled: what happens meanwhile waits its turn.
  private enum Handling {
    IDLE,
    BUSY
  }

  /// Whether the peer has to be brought up to date.
  private enum Due {
    NOTHING,
    /// When the coalescing time is over.
    SOON,
    /// When the peer has read what was sent before.
    WHEN_WRITABLE
  }

  PeerSession(EventLoop loop, PeerConfig config, Ipv4 nodeIdentifier, Surroundings surroundings) {
    this.loop = loop;
    this.surroundings = surroundings;
    this.config = config;
    this.fsm = Fsm.idle(config, nodeIdentifier);
    this.since = surroundings.now();
    this.status = snapshot();
  }

  EventLoop loop() {
    return loop;
  }

  /// From any thread.
  PeerStatus status() {
    return status;
  }

  /// What the session was made with; from any thread.
  PeerConfig config() {
    return config;
  }

  /// @param routes the whole set of routes for this peer
  void start(SortedMap<IpPrefix, RouteAttributes> routes) {
    desired = routes;
    on(new Event.Start());
  }

  /// @return done when the connection, if there was one, is closed
  CompletableFuture<Void> stop(StopReason reason) {
    on(new Event.Stop(reason));
    return gone;
  }

  /// A configuration that keeps the session, and the whole set of routes for this peer.
  void reconfigure(PeerConfig newConfig, SortedMap<IpPrefix, RouteAttributes> routes) {
    fsm = fsm.reconfigured(newConfig);
    desired = routes;
    bringUpToDateSoon();
  }

  private void on(Event event) {
    events.add(event);
    if (handling == Handling.BUSY) {
      return;
    }
    handling = Handling.BUSY;
    try {
      for (Event next = events.poll(); next != null; next = events.poll()) {
        handle(next);
      }
    } finally {
      handling = Handling.IDLE;
    }
    publish();
  }

  private void handle(Event event) {
    State before = fsm.state();
    Step step = fsm.on(event, surroundings.jitter());
    fsm = step.next();
    if (fsm.state() != before) {
      since = surroundings.now();
      log.debug("Peer {}: {} -> {}", fsm.config().name(), before, fsm.state());
    }
    step.actions().forEach(this::perform);
    connection.ifPresent(Connection::flush);
    logTransition(before);
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Connect _ -> connect();
      case Action.Disconnect _ -> leave(Connection::disconnect);
      case Action.Abort _ -> leave(Connection::abort);
      case Action.Send(Message message) -> send(message);
      case Action.StartTimer(Timer timer, Duration time) -> startTimer(timer, time);
      case Action.StopTimer(Timer timer) -> stopTimer(timer);
      case Action.StopAllTimers _ -> timers.keySet().stream().toList().forEach(this::stopTimer);
      case Action.Agree(Negotiated agreed) -> connection.ifPresent(c -> c.use(agreed.asWidth()));
      case Action.Advertise(Negotiated agreed) -> advertise(agreed);
      case Action.Readvertise(AddressFamily family) -> {
        wantedAgain.add(family);
        bringUpToDateSoon();
      }
      case Action.Report(Failure failure) -> report(failure);
    }
  }

  private void connect() {
    Connection attempt =
        new Connection(
            this, loop, handler -> surroundings.sockets().connect(loop, config, handler));
    gone = attempt.gone();
    connection = Optional.of(attempt);
  }

  private void leave(Consumer<Connection> how) {
    connection.ifPresent(how);
    connection = Optional.empty();
    local = Optional.empty();
    ribOut = Optional.empty();
    wantedAgain.clear();
    omitted = new TreeMap<>();
    due = Due.NOTHING;
  }

  private void send(Message message) {
    connection.ifPresent(
        open -> {
          open.write(message);
          traffic = traffic.out();
        });
  }

  private void startTimer(Timer timer, Duration time) {
    stopTimer(timer);
    timers.put(
        timer,
        loop.schedule(
            () -> {
              timers.remove(timer);
              on(new Event.TimerExpired(timer));
            },
            time.toMillis(),
            TimeUnit.MILLISECONDS));
  }

  private void stopTimer(Timer timer) {
    Future<?> pending = timers.remove(timer);
    if (pending != null) {
      pending.cancel(false);
    }
  }

  private void advertise(Negotiated agreed) {
    IpAddress address = local.orElseThrow();
    boolean bothFamilies = agreed.families().size() > 1;
    boolean own = agreed.families().contains(AddressFamily.unicast(address.family()));
    NextHops nextHops =
        own && !bothFamilies ? NextHops.of(address) : LocalAddresses.nextHops(address);
    ribOut = Optional.of(new AdjRibOut(agreed, nextHops));
    bringUpToDate();
  }

  private void bringUpToDateSoon() {
    if (ribOut.isPresent() && due == Due.NOTHING) {
      due = Due.SOON;
      Future<?> _ =
          loop.schedule(this::bringUpToDateNow, COALESCING_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void bringUpToDateNow() {
    if (due == Due.SOON) {
      bringUpToDate();
      connection.ifPresent(Connection::flush);
      publish();
    }
  }

  /// Sends the difference between what the peer has and what it should have, and what it asked for
  /// again; not before it has read the last difference, so that no more than one is ever queued.
  private void bringUpToDate() {
    boolean writable = connection.filter(Connection::isWritable).isPresent();
    if (ribOut.isEmpty() || !writable) {
      due = ribOut.isEmpty() ? Due.NOTHING : Due.WHEN_WRITABLE;
      return;
    }
    due = Due.NOTHING;
    AdjRibOut rib = ribOut.get();
    Advertisement advertisement = rib.set(desired);
    advertisement.updates().forEach(this::send);
    omitted = advertisement.omitted();
    wantedAgain.forEach(family -> rib.readvertise(family).forEach(this::send));
    wantedAgain.clear();
  }

  @Override
  public void connected(Connection from, IpAddress localAddress) {
    if (isCurrent(from)) {
      local = Optional.of(localAddress);
      on(new Event.Connected(localAddress));
    }
  }

  @Override
  public void received(Connection from, Decoding.Decoded decoded) {
    if (isCurrent(from)) {
      int prefixes = decoded.message() instanceof Update update ? update.announcedPrefixes() : 0;
      traffic = traffic.in(prefixes, decoded.faults().size());
      if (!decoded.faults().isEmpty() && log.isDebugEnabled()) {
        log.debug("Peer {} sent {}", fsm.config().name(), shown(decoded));
      }
      on(new Event.Received(decoded.message()));
    }
  }

  private static List<AttributeFault> shown(Decoding.Decoded decoded) {
    return decoded.faults().stream().limit(FAULTS_SHOWN).toList();
  }

  @Override
  public void malformed(Connection from, Notification answer) {
    if (isCurrent(from)) {
      on(new Event.ReceivedMalformed(answer));
    }
  }

  @Override
  public void messageSent(Connection from) {
    if (isCurrent(from)) {
      on(new Event.MessageSent());
    }
  }

  @Override
  public void writable(Connection from) {
    if (isCurrent(from) && due == Due.WHEN_WRITABLE) {
      bringUpToDate();
      from.flush();
      publish();
    }
  }

  @Override
  public void closed(Connection from, String cause) {
    if (isCurrent(from)) {
      on(new Event.ConnectionFailed(cause));
    }
  }

  private boolean isCurrent(Connection from) {
    return connection.filter(current -> current == from).isPresent();
  }

  private void report(Failure failure) {
    boolean again = lastError.filter(last -> last.failure().equals(failure)).isPresent();
    lastError = Optional.of(new LastError(surroundings.now(), failure));
    if (again) {
      log.debug("Peer {}: {}", fsm.config().name(), failure.describe());
    } else {
      log.warn(
          "Peer {} ({}): {}",
          fsm.config().name(),
          fsm.config().transport().peerAddress(),
          failure.describe());
    }
  }

  private void logTransition(State before) {
    boolean up = fsm.state() == State.ESTABLISHED;
    if (up == (before == State.ESTABLISHED)) {
      return;
    }
    log.info(
        "Peer {} ({}) is {}",
        fsm.config().name(),
        fsm.config().transport().peerAddress(),
        up ? fsm.negotiated().map(PeerSession::describe).orElse("up") : "down");
  }

  private static String describe(Negotiated session) {
    return "up: AS "
        + session.remoteAsn()
        + ", router id "
        + session.remoteIdentifier()
        + ", hold time "
        + session.holdTime().toSeconds()
        + " s, "
        + session.families();
  }

  private void publish() {
    PeerStatus earlier = status;
    PeerStatus now = snapshot();
    status = now;
    if (now.tellsMoreThan(earlier)) {
      surroundings.tell(now);
    }
  }

  private PeerStatus snapshot() {
    return new PeerStatus(
        fsm.config().name(),
        fsm.config().transport().peerAddress(),
        fsm.state(),
        since,
        fsm.negotiated(),
        ribOut.map(AdjRibOut::size).orElse(0),
        omitted,
        traffic,
        lastError);
  }
}
