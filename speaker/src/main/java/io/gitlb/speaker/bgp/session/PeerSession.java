// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.Action;
import io.gitlb.speaker.bgp.AdjRibOut;
import io.gitlb.speaker.bgp.Event;
import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.Line;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.PackedUpdate;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.Peering;
import io.gitlb.speaker.bgp.PeeringStep;
import io.gitlb.speaker.bgp.PeeringStep.OnLine;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.StopReason;
import io.gitlb.speaker.bgp.Timer;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Decoding;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.PeerStatus.LastError;
import io.gitlb.speaker.bgp.session.PeerStatus.Traffic;
import io.gitlb.speaker.bgp.session.RouteFeed.Routes;
import io.gitlb.speaker.bgp.session.SessionLog.Novelty;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs one peer's machine: turns what happens into events and performs the actions. Everything but
/// [#status], [#config] and [#loop] runs on the peer's event loop.
final class PeerSession implements Connection.Owner {

  /// Changes of routes and requests for them that come within this time go out together.
  private static final Duration COALESCING_TIME = Duration.ofMillis(10);

  private static final String BEHIND_A_ROUTER =
      " is in no network of this node's interfaces: a router behind another one needs"
          + " ebgpMultiHop: true";

  private final EventLoop loop;
  private final Surroundings surroundings;

  /// As given last; it differs from those before in nothing that makes the session.
  private volatile PeerConfig config;

  private final Queue<OnItsLine> events = new ArrayDeque<>();
  private final RouteFeed routes = new RouteFeed();
  private final Refreshes refreshes;

  /// line → its timers (1:1)
  private final Map<Line, LineTimers> timers = new EnumMap<>(Line.class);

  /// line → its connection, from the attempt on (1:1)
  private final Map<Line, Connection> connections = new EnumMap<>(Line.class);

  private Peering peering;
  private Stage stage = Stage.NEW;
  private Handling handling = Handling.IDLE;
  private Due due = Due.NOTHING;
  private Line fed = Line.ONE;
  private CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);
  private Traffic traffic = Traffic.NONE;
  private Optional<LastError> lastError = Optional.empty();

  /// Why the peer, which is to call, cannot.
  private Optional<LastError> refusal = Optional.empty();

  private Instant since;
  private volatile PeerStatus status;

  private record OnItsLine(Line line, Event event) {}

  /// A session that waits for the end of another one may be stopped before it starts.
  private enum Stage {
    NEW,
    STARTED,
    STOPPED
  }

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

  /// @param forwarding whether the kernel still forwards what an earlier run told
  PeerSession(
      EventLoop loop,
      PeerConfig config,
      Ipv4 nodeIdentifier,
      Forwarding forwarding,
      Surroundings surroundings) {
    this.loop = loop;
    this.config = config;
    this.surroundings = surroundings;
    this.peering = Peering.idle(config, nodeIdentifier, forwarding);
    this.since = surroundings.now();
    this.refreshes = new Refreshes(loop, this::again);
    for (Line line : Line.values()) {
      timers.put(line, new LineTimers(loop, timer -> on(line, new Event.TimerExpired(timer))));
    }
    this.status = snapshot();
  }

  EventLoop loop() {
    return loop;
  }

  /// How things stand; from any thread.
  PeerStatus status() {
    return status;
  }

  /// What the session goes by; from any thread.
  PeerConfig config() {
    return config;
  }

  /// @param wanted the whole set of routes for this peer
  void start(Routes wanted) {
    routes.want(wanted);
    begin();
  }

  private void begin() {
    if (stage == Stage.NEW) {
      stage = Stage.STARTED;
      on(peering.mainLine(), new Event.Start());
    }
  }

  /// Ends a session with other parameters and takes its place: dials its router when the old
  /// connection is closed, as a call that comes before is refused there, and waits for the path
  /// where that session has lost it.
  ///
  /// @param before on the same event loop
  /// @param wanted the whole set of routes for this peer
  void startAfter(PeerSession before, Routes wanted) {
    Transport transport = config.transport();
    boolean sameRouter = transport.hasRemoteOf(before.config.transport());
    if (sameRouter) {
      peering = peering.after(before.peering);
    }
    if (before.peering.lacksPath() && transport.hasPathOf(before.config.transport())) {
      on(peering.mainLine(), new Event.PathLost());
    }
    routes.want(wanted);
    CompletableFuture<Void> over = before.stop(new StopReason.ConfigurationChanged());
    boolean dials = transport.initiative() == Initiative.ACTIVE;
    if (dials && sameRouter) {
      gone = over;
      CompletableFuture<?> _ = over.whenComplete((_, _) -> begin());
    } else {
      begin();
    }
  }

  /// @return done when the connections, if there were any, are closed
  CompletableFuture<Void> stop(StopReason reason) {
    stage = Stage.STOPPED;
    on(peering.mainLine(), new Event.Stop(reason));
    return gone;
  }

  /// Ends as for a restart, in which the peer keeps our routes; but those of a node that is about
  /// to go are withdrawn first, and with none left it is an end for good.
  ///
  /// @param lasting in that case
  /// @return done when the connections, if there were any, are closed
  CompletableFuture<Void> stopForRestart(StopReason.Restart restart, StopReason.Shutdown lasting) {
    if (!routes.hasLeaving()) {
      return stop(restart);
    }
    routes.withdrawLeaving(this::sendPacked);
    return routes.sent().byPrefix().isEmpty() ? stop(lasting) : stop(restart);
  }

  /// A configuration that keeps the session, and the whole set of routes for this peer.
  void reconfigure(PeerConfig newConfig, Routes wanted) {
    config = newConfig;
    peering = peering.reconfigured(newConfig);
    routes.want(wanted);
    bringUpToDateSoon();
    publish();
  }

  /// Something is known of the path to the peer.
  void path(Event event) {
    on(peering.mainLine(), event);
  }

  /// Whether the peer, which is to call, can.
  ///
  /// @param why it cannot; empty: it can, as far as is known
  void cannotBeCalled(Optional<Failure> why) {
    if (!why.equals(refusal.map(LastError::failure))) {
      refusal = why.map(failure -> new LastError(surroundings.now(), failure));
      publish();
    }
  }

  /// The peer has dialled.
  ///
  /// @param channel not registered yet
  void called(Channel channel) {
    Optional<Line> line = peering.lineForCall().filter(free -> !connections.containsKey(free));
    if (line.isEmpty()) {
      SessionLog.calledInVain(config);
      channel.unsafe().closeForcibly();
      return;
    }
    surroundings.sockets().prepareAccepted(channel, config);
    Connection connection = Connection.accepted(this, channel);
    add(line.get(), connection);
    connection.register(loop);
  }

  private void add(Line line, Connection connection) {
    gone = CompletableFuture.allOf(gone, connection.gone());
    connections.put(line, connection);
  }

  private void on(Line line, Event event) {
    events.add(new OnItsLine(line, event));
    if (handling == Handling.BUSY) {
      return;
    }
    handling = Handling.BUSY;
    try {
      for (OnItsLine next = events.poll(); next != null; next = events.poll()) {
        handle(next);
      }
    } finally {
      handling = Handling.IDLE;
    }
    publish();
  }

  private void handle(OnItsLine next) {
    State before = peering.main().state();
    PeeringStep step = peering.on(next.line(), next.event(), surroundings.jitter());
    peering = step.next();
    step.actions().forEach(this::perform);
    connections.values().forEach(Connection::flush);
    if (peering.main().state() != before) {
      since = surroundings.now();
      if (before == State.ESTABLISHED) {
        traffic = traffic.lost();
      }
      SessionLog.changed(peering.main(), before);
    }
  }

  private void perform(OnLine directed) {
    Line line = directed.line();
    switch (directed.action()) {
      case Action.Connect _ -> connect(line);
      case Action.Disconnect _ -> leave(line, Connection::disconnect);
      case Action.Abort _ -> leave(line, Connection::abort);
      case Action.Send(Message message) -> send(line, message);
      case Action.StartTimer(Timer timer, Duration time) -> timersOf(line).start(timer, time);
      case Action.StopTimer(Timer timer) -> timersOf(line).stop(timer);
      case Action.StopAllTimers _ -> timersOf(line).stopAll();
      case Action.Agree(Negotiated agreed) -> at(line).ifPresent(c -> c.use(agreed));
      case Action.Advertise(Negotiated agreed) -> advertise(line, agreed);
      case Action.Readvertise(AddressFamily family) -> refreshes.asked(family);
      case Action.Report(Failure failure) -> report(failure);
    }
  }

  private LineTimers timersOf(Line line) {
    return Optional.ofNullable(timers.get(line)).orElseThrow();
  }

  private Optional<Connection> at(Line line) {
    return Optional.ofNullable(connections.get(line));
  }

  private void connect(Line line) {
    add(
        line,
        Connection.dialled(
            this, loop, handler -> surroundings.sockets().connect(loop, config, handler)));
  }

  private void leave(Line line, Consumer<Connection> how) {
    Optional.ofNullable(connections.remove(line)).ifPresent(how);
    if (line == fed) {
      routes.end();
      refreshes.end();
      due = Due.NOTHING;
    }
  }

  private void send(Line line, Message message) {
    at(line)
        .ifPresent(
            open -> {
              open.write(message);
              traffic = traffic.out();
            });
  }

  private void sendPacked(PackedUpdate update) {
    at(fed)
        .ifPresent(
            open -> {
              open.write(update);
              traffic = traffic.out();
            });
  }

  private void advertise(Line line, Negotiated agreed) {
    fed = line;
    IpAddress local = at(line).flatMap(Connection::localAddress).orElseThrow();
    routes.begin(
        new AdjRibOut(
            agreed,
            new LocalAddresses(surroundings.links())
                .nextHops(local, config.transport().device(), agreed),
            surroundings.groups()));
    bringUpToDate();
  }

  private void again(AddressFamily family) {
    routes.wantAgain(family);
    bringUpToDateSoon();
  }

  private void bringUpToDateSoon() {
    if (routes.isOn() && due == Due.NOTHING) {
      due = Due.SOON;
      Future<?> _ =
          loop.schedule(this::bringUpToDateNow, COALESCING_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void bringUpToDateNow() {
    if (due == Due.SOON) {
      bringUpToDate();
      at(fed).ifPresent(Connection::flush);
      publish();
    }
  }

  /// Not before the peer has read the last difference, so that no more than one is ever queued.
  private void bringUpToDate() {
    boolean writable = at(fed).filter(Connection::isWritable).isPresent();
    if (!routes.isOn() || !writable) {
      due = routes.isOn() ? Due.WHEN_WRITABLE : Due.NOTHING;
      return;
    }
    due = Due.NOTHING;
    routes.bringUpToDate(this::sendPacked, message -> send(fed, message));
    Routes sent = routes.sent();
    at(fed).ifPresent(open -> open.whenWritten(() -> written(open, sent)));
  }

  private void written(Connection by, Routes sent) {
    if (at(fed).filter(current -> current == by).isPresent()) {
      routes.written(sent);
      if (handling == Handling.IDLE) { // Else it is published behind the event.
        publish();
      }
    }
  }

  @Override
  public void connected(Connection from, Event event) {
    lineOf(from).ifPresent(line -> on(line, event));
  }

  @Override
  public void received(Connection from, Decoding.Decoded decoded) {
    lineOf(from)
        .ifPresent(
            line -> {
              int prefixes =
                  decoded.message() instanceof Update update ? update.announcedPrefixes() : 0;
              traffic = traffic.in(prefixes, decoded.faults().size());
              SessionLog.faults(config, decoded);
              on(line, new Event.Received(decoded.message()));
            });
  }

  @Override
  public void malformed(Connection from, Notification answer) {
    lineOf(from).ifPresent(line -> on(line, new Event.ReceivedMalformed(answer)));
  }

  @Override
  public void messageSent(Connection from) {
    lineOf(from).ifPresent(line -> on(line, new Event.MessageSent()));
  }

  @Override
  public void writable(Connection from) {
    if (due == Due.WHEN_WRITABLE && at(fed).filter(current -> current == from).isPresent()) {
      bringUpToDate();
      from.flush();
      publish();
    }
  }

  @Override
  public void closed(Connection from, String cause) {
    lineOf(from).ifPresent(line -> on(line, new Event.ConnectionFailed(cause)));
  }

  private Optional<Line> lineOf(Connection connection) {
    return connections.entrySet().stream()
        .filter(entry -> entry.getValue() == connection)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private void report(Failure bare) {
    if (refusal.isPresent() && peering.main().state() == State.ACTIVE) {
      return; // It has not called, as it cannot.
    }
    Failure failure = explained(bare);
    boolean again = lastError.filter(last -> last.failure().equals(failure)).isPresent();
    lastError = Optional.of(new LastError(surroundings.now(), failure));
    SessionLog.failed(config, failure, again ? Novelty.REPEATED : Novelty.NEW);
  }

  private Failure explained(Failure failure) {
    IpAddress peer = config.transport().peerAddress();
    return failure instanceof Failure.Transport(State in, String cause)
            && (in == State.CONNECT || in == State.ACTIVE)
            && config.isForOneLink()
            && !surroundings.links().leadTo(peer)
        ? new Failure.Transport(in, cause + "; " + peer + BEHIND_A_ROUTER)
        : failure;
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
        config.name(),
        config.transport().peerAddress(),
        config.localAsn(),
        config.remoteAs(),
        peering.main().state(),
        since,
        peering.main().negotiated(),
        routes.written().byPrefix(),
        routes.written().completeness(),
        routes.omitted(),
        traffic,
        refusal.or(() -> lastError));
  }
}
