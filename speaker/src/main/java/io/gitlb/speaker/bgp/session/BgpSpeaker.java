// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Event;
import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.PeerPath;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.RouterId;
import io.gitlb.speaker.bgp.StopReason;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.UpdateGroups;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.session.RouteFeed.Routes;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The BGP speaker of a node: keeps a session with each peer and tells it the node's routes. It
/// dials, and listens only where a peer is passive. All methods may be called from any thread and
/// none waits but [#close].
public final class BgpSpeaker implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BgpSpeaker.class);

  /// Codec and table work of a few peers; a peer that does not read costs no thread.
  private static final int THREADS = 2;

  /// How long [#close] waits for the peers to take their Cease.
  private static final Duration CLOSING_TIME = Duration.ofSeconds(3);

  private final NodeName node;
  private final Ipv4 nodeIdentifier;

  /// Of the sessions that follow on none of this run that had come up.
  private final Forwarding forwarding;

  private final Surroundings surroundings;
  private final EventLoopGroup loops;

  /// Where desired sets are taken over, one after another.
  private final EventLoop control;

  /// event loop → what its sessions have (1:1); for [#control] alone
  private final IdentityHashMap<EventLoop, Surroundings> ofLoops = new IdentityHashMap<>();

  /// peer → its session (1:1); each is another one, which [#control] alone writes: who asks how
  /// things stand finds one set of peers, whole
  private volatile SortedMap<PeerName, PeerSession> sessions = Collections.emptySortedMap();

  private final Listeners listeners;
  private final AtomicBoolean closed = new AtomicBoolean();

  private BgpSpeaker(NodeName node, Forwarding forwarding, Surroundings surroundings) {
    this.node = node;
    this.forwarding = forwarding;
    this.nodeIdentifier = RouterId.ofNode(node);
    this.surroundings = surroundings;
    this.loops = surroundings.sockets().eventLoops(THREADS);
    this.control = loops.next();
    this.listeners =
        new Listeners(
            control,
            surroundings.sockets(),
            new Calls(() -> sessions)::take,
            this::tellOfListeners);
  }

  /// A speaker without peers.
  ///
  /// @param node names us to peers that show Cease texts, and gives the router id where no IPv4
  ///   address does
  /// @param clock for the status only
  public static BgpSpeaker start(NodeName node, InstantSource clock, PeerStatusListener listener) {
    return start(node, clock, listener, Forwarding.PRESERVED, NodeLinks.UNKNOWN);
  }

  /// @param forwarding lost: peers are not to keep what an earlier run told them, as the kernel
  ///   does not forward it any more (RFC 4724 section 4.2)
  /// @param links where next hops of the other family are found
  public static BgpSpeaker start(
      NodeName node,
      InstantSource clock,
      PeerStatusListener listener,
      Forwarding forwarding,
      NodeLinks links) {
    return start(node, clock, listener, forwarding, links, Sockets.best());
  }

  static BgpSpeaker start(
      NodeName node, InstantSource clock, PeerStatusListener listener, Sockets sockets) {
    return start(node, clock, listener, Forwarding.PRESERVED, NodeLinks.UNKNOWN, sockets);
  }

  private static BgpSpeaker start(
      NodeName node,
      InstantSource clock,
      PeerStatusListener listener,
      Forwarding forwarding,
      NodeLinks links,
      Sockets sockets) {
    log.info("BGP runs on {} sockets", sockets);
    return new BgpSpeaker(
        node,
        forwarding,
        new Surroundings(
            sockets, clock, new SplittableRandom(), listener, new UpdateGroups(), links));
  }

  /// As below, with all routes that there are.
  public void apply(
      List<PeerConfig> peers, Map<PeerName, ? extends Map<IpPrefix, RouteAttributes>> routes) {
    apply(peers, routes, Completeness.WHOLE);
  }

  /// Takes the whole desired set. Sessions go on unless their own parameters changed, also under
  /// another name; routes are told as differences. A session whose parameters changed ends before
  /// the next one with its router is dialled. Does nothing after [#close].
  ///
  /// @param routes peer → all routes for it; none for a peer that is not there. A [SnapshotMap]
  ///   costs in proportion to what differs from the version before, another map is copied
  /// @param completeness whether these are all routes that there will be: End-of-RIB, which makes
  ///   peers drop what they still have of an earlier run, waits for that
  /// @throws IllegalArgumentException when two peers have one name
  public void apply(
      List<PeerConfig> peers,
      Map<PeerName, ? extends Map<IpPrefix, RouteAttributes>> routes,
      Completeness completeness) {
    SortedMap<PeerName, PeerConfig> configs = new TreeMap<>();
    for (PeerConfig peer : peers) {
      if (configs.put(peer.name(), peer) != null) {
        throw new IllegalArgumentException("two peers are named " + peer.name());
      }
    }
    SortedMap<PeerName, Routes> copies = new TreeMap<>();
    // Peers that are given one set go on to share it: there may be a hundred of them.
    IdentityHashMap<Map<IpPrefix, RouteAttributes>, SnapshotMap<IpPrefix, RouteAttributes>> shared =
        new IdentityHashMap<>();
    for (PeerName peer : configs.keySet()) {
      Map<IpPrefix, RouteAttributes> given = routes.get(peer);
      SnapshotMap<IpPrefix, RouteAttributes> own =
          given == null
              ? Routes.NONE.byPrefix()
              : shared.computeIfAbsent(given, SnapshotMap::copyOf);
      copies.put(peer, new Routes(own, completeness));
    }
    inControl(() -> take(configs, copies));
  }

  /// The path to the peer is gone, as BFD has it: its session, if there is one, ends at once with
  /// Cease 6/10 (RFC 9384), and there is no other before [#pathBack], or half a minute later.
  ///
  /// @param peer as it is called by BFD, which may have heard of another name before we have
  /// @param path that was watched
  public void pathLost(PeerName peer, PeerPath path) {
    tell(peer, path, new Event.PathLost());
  }

  /// The path is there again, or nobody looks at it any more.
  public void pathBack(PeerName peer, PeerPath path) {
    tell(peer, path, new Event.PathBack());
  }

  private void tell(PeerName peer, PeerPath path, Event event) {
    inControl(
        () ->
            onPath(peer, path)
                .forEach(session -> session.loop().execute(() -> session.path(event))));
  }

  /// The peer's, or those of the path if the peer has another name, or another path, here and now.
  private List<PeerSession> onPath(PeerName peer, PeerPath path) {
    List<PeerSession> all =
        sessions.values().stream()
            .filter(session -> session.config().transport().path().equals(path))
            .toList();
    PeerSession named = sessions.get(peer);
    return named != null && all.contains(named) ? List.of(named) : all;
  }

  private void inControl(Runnable work) {
    if (closed.get()) {
      return;
    }
    try {
      control.execute(work);
    } catch (RejectedExecutionException e) {
      log.debug("Closed while something came in", e);
    }
  }

  private void take(SortedMap<PeerName, PeerConfig> configs, SortedMap<PeerName, Routes> routes) {
    if (closed.get()) {
      return;
    }
    SortedMap<PeerName, PeerSession> before = sessions;
    SortedMap<PeerName, PeerConfig> known = new TreeMap<>();
    before.forEach((name, session) -> known.put(name, session.config().withName(name)));
    SortedMap<PeerName, PeerName> continued = Succession.of(known, configs);
    List<Runnable> toDo = new ArrayList<>();
    before.forEach(
        (name, session) -> {
          if (!continued.containsValue(name)) {
            toDo.add(() -> session.loop().execute(() -> end(session)));
          }
        });
    SortedMap<PeerName, PeerSession> next = new TreeMap<>();
    configs.forEach(
        (name, config) -> {
          PeerName old = continued.get(name);
          PeerSession session = old == null ? null : before.get(old);
          Routes wanted = routes.getOrDefault(name, Routes.NONE);
          next.put(
              name,
              session == null ? begun(config, wanted, toDo) : after(session, config, wanted, toDo));
        });
    sessions = Collections.unmodifiableSortedMap(next);
    // Not before: whoever is told by a session looks at all of them, and may not look again.
    toDo.forEach(Runnable::run);
    listeners.apply(configs.values());
    tellOfListeners();
  }

  private void tellOfListeners() {
    for (PeerSession session : sessions.values()) {
      Transport transport = session.config().transport();
      if (transport.initiative() == Transport.Initiative.PASSIVE) {
        Optional<Failure> refusal = listeners.refusal(transport);
        session.loop().execute(() -> session.cannotBeCalled(refusal));
      }
    }
  }

  private void end(PeerSession session) {
    CompletableFuture<Void> _ = session.stop(new StopReason.PeerRemoved());
    // One that was idle says nothing of its end.
    surroundings.tell(session.status());
  }

  private PeerSession begun(PeerConfig config, Routes routes, List<Runnable> toDo) {
    PeerSession fresh = session(loops.next(), config);
    toDo.add(() -> fresh.loop().execute(() -> fresh.start(routes)));
    return fresh;
  }

  private PeerSession after(
      PeerSession before, PeerConfig config, Routes routes, List<Runnable> toDo) {
    if (config.keepsSessionOf(before.config())) {
      toDo.add(() -> before.loop().execute(() -> before.reconfigure(config, routes)));
      return before;
    }
    // On one loop, so that what comes after this, of the path for one, finds the fresh one.
    PeerSession fresh = session(before.loop(), config);
    toDo.add(() -> fresh.loop().execute(() -> fresh.startAfter(before, routes)));
    return fresh;
  }

  private PeerSession session(EventLoop loop, PeerConfig config) {
    return new PeerSession(
        loop,
        config,
        nodeIdentifier,
        forwarding,
        ofLoops.computeIfAbsent(loop, _ -> surroundings.forAnotherLoop()));
  }

  /// How things stand now, sorted by name.
  public List<PeerStatus> status() {
    return sessions.values().stream().map(PeerSession::status).toList();
  }

  /// As the program ends: for how long, nobody knows, so the routes go.
  @Override
  public void close() {
    StopReason.Shutdown lasting = lasting();
    close(session -> session.stop(lasting));
  }

  private StopReason.Shutdown lasting() {
    return new StopReason.Shutdown("GitLB speaker on " + node + " stops");
  }

  /// Ends all sessions so that peers that keep routes over a restart keep ours: the speaker will be
  /// back within the restart time. Routes that are leaving are withdrawn first, as their node may
  /// not be back; a session that has no others ends as by [#close].
  public void closeForRestart() {
    StopReason.Restart restart = new StopReason.Restart("GitLB speaker on " + node + " restarts");
    StopReason.Shutdown lasting = lasting();
    close(session -> session.stopForRestart(restart, lasting));
  }

  /// Waits a few seconds at most for the peers to hear it.
  ///
  /// @param ending ends a session, on its event loop
  private void close(Function<PeerSession, CompletableFuture<Void>> ending) {
    if (closed.getAndSet(true)) {
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    control.execute(
        () -> {
          listeners.close();
          relay(stopAll(ending), done);
        });
    try {
      done.get(CLOSING_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("Not every peer has taken our Cease", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      Future<?> _ = loops.shutdownGracefully(0, CLOSING_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
    loops.terminationFuture().awaitUninterruptibly(CLOSING_TIME.toMillis());
  }

  private CompletableFuture<Void> stopAll(Function<PeerSession, CompletableFuture<Void>> ending) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (PeerSession session : sessions.values()) {
      CompletableFuture<Void> gone = new CompletableFuture<>();
      session.loop().execute(() -> relay(ending.apply(session), gone));
      all.add(gone);
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private static void relay(CompletableFuture<Void> from, CompletableFuture<Void> to) {
    CompletableFuture<?> _ = from.whenComplete((_, _) -> to.complete(null));
  }
}
