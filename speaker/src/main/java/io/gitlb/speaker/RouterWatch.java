// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterListener;
import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.bfd.session.RouterSessions;
import io.gitlb.speaker.bfd.session.RouterSessions.Agreed;
import io.gitlb.speaker.bfd.session.RouterTerms;
import io.gitlb.speaker.bgp.PeerPath;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the paths to the BGP peers that ask for it, and says which are lost, and which of these
/// can be used again: BFD is up there again, or the router has shut it, or nobody asks for it any
/// more. A session that was never up says nothing: BGP does not wait for it, as a router may have
/// no BFD yet.
///
/// The thread of the sessions takes only the lock of what is remembered here, and that of the
/// statuses. Whoever holds one of them reads no file and waits for nobody: what is slow has a lock
/// of its own, or a thread beside.
final class RouterWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RouterWatch.class);

  private final PathListener paths;
  private final RouterStatuses statuses;
  private final Supplier<Predicate<IpAddress>> links;

  // Of who takes a state and who looks again, which both read files; taken before this object's.
  private final Object upkeep = new Object();

  private List<PeerSettings> peers = List.of();
  private RouterPaths watched = RouterPaths.NONE;
  private final EndingPaths ending = new EndingPaths();
  private final RouterWishes wishes = new RouterWishes();

  // path → how it is watched (1:1)
  private SortedMap<RouterPath, RouterTerms> terms = Collections.emptySortedMap();

  private Duration pause = Duration.ZERO;

  // Opened with the first peer that asks: most have none.
  private @Nullable RouterSessions sessions;
  private boolean closed;

  // peer whose path is lost → that path (N:1)
  private final SortedMap<PeerName, RouterPath> lost = new TreeMap<>();

  /// Told on any thread, one call after another; hands on at once.
  interface PathListener {

    /// The path to this peer has failed.
    void lost(PeerName peer, RouterPath path);

    /// A path that was lost can be used again, as far as is known.
    void back(PeerName peer, RouterPath path);

    /// Hands on to these sessions.
    static PathListener of(BgpSpeaker bgp) {
      return new PathListener() {
        @Override
        public void lost(PeerName peer, RouterPath path) {
          bgp.pathLost(peer, ofPeer(path));
        }

        @Override
        public void back(PeerName peer, RouterPath path) {
          bgp.pathBack(peer, ofPeer(path));
        }
      };
    }

    private static PeerPath ofPeer(RouterPath path) {
      Optional<String> device = Optional.of(path.interfaceName()).filter(name -> !name.isEmpty());
      return new PeerPath(path.remote(), device, path.source());
    }
  }

  /// @param told told of all sessions when they are others
  /// @param links looks where this node's links lead now; takes milliseconds
  RouterWatch(
      PathListener paths,
      Consumer<List<BfdStatus>> told,
      InstantSource timeOfDay,
      Supplier<Predicate<IpAddress>> links) {
    this.paths = paths;
    this.statuses = new RouterStatuses(told, timeOfDay);
    this.links = links;
  }

  /// Takes the whole state.
  void apply(DesiredState state) {
    synchronized (upkeep) {
      Predicate<IpAddress> onLink = links(state.peers());
      RouterPaths now;
      synchronized (this) {
        peers = state.peers();
        now = RouterPaths.of(peers, router -> isOnLink(router, onLink));
        if (closed || (sessions == null && now.settings().isEmpty())) {
          return;
        }
      }
      follow(now);
    }
    statuses.tellNow();
  }

  private Predicate<IpAddress> links(List<PeerSettings> to) {
    return RouterPaths.dependOnLinks(to) ? links.get() : _ -> true;
  }

  private synchronized Duration pause() {
    return pause;
  }

  private void follow(RouterPaths now) {
    SortedMap<RouterPath, RouterTerms> wished = wishes.terms(now.settings(), pause());
    synchronized (this) {
      if (closed) {
        return;
      }
      watched = now;
      Set<RouterPath> used = now.users().keySet();
      ending.revive(used);
      terms.forEach(
          (path, before) -> {
            if (!used.contains(path) && statuses.isUp(path)) {
              ending.add(path, before);
            }
          });
      statuses.follow(now, ending::contain, wishes.remarks());
      handOn();
      usableAgain((peer, path) -> !users(path).contains(peer));
      if (sessions == null) {
        sessions = RouterSessions.open(listener());
      }
      terms = wished;
      sessions.apply(ending.and(terms));
    }
  }

  /// A session that is up stays what it is: should its link be gone, its silence tells that.
  private boolean isOnLink(IpAddress router, Predicate<IpAddress> now) {
    return statuses
        .upTo(router)
        .map(path -> path.hops() == Hops.SINGLE)
        .orElseGet(() -> now.test(router));
  }

  private SortedSet<PeerName> users(RouterPath path) {
    return watched.users().getOrDefault(path, Collections.emptySortedSet());
  }

  /// Links come and go, and with them the paths to routers that may be behind others. A key in a
  /// file may be another one, and so may be the pace that we can hold; and what ends has ended some
  /// time.
  private void renew() {
    RouterPaths before;
    List<PeerSettings> to;
    synchronized (this) {
      before = watched;
      to = peers;
    }
    Predicate<IpAddress> onLink = links(to);
    RouterPaths now;
    synchronized (this) {
      now = RouterPaths.of(to, router -> isOnLink(router, onLink));
    }
    if (now.equals(before)) {
      renewTerms(now);
    } else {
      LOG.info("BFD: other paths: {}", now.users());
      follow(now);
    }
  }

  private void renewTerms(RouterPaths now) {
    SortedMap<RouterPath, RouterTerms> wished = wishes.terms(now.settings(), pause());
    boolean areOther;
    synchronized (this) {
      areOther = !wished.equals(terms);
      terms = wished;
      boolean ended = ending.look();
      statuses.follow(now, ending::contain, wishes.remarks());
      if (sessions != null && (ended || areOther)) {
        sessions.apply(ending.and(wished));
      }
    }
    if (areOther) {
      LOG.info("BFD: other terms: {}", wishes.remarks());
    }
  }

  /// Asks the sessions what they have agreed on: nobody tells of that.
  void look() {
    RouterSessions open;
    synchronized (upkeep) {
      synchronized (this) {
        open = closed ? null : sessions;
      }
      if (open == null) {
        return;
      }
      renew();
    }
    statuses.tellNow();
    open.lookAtPauses(this::paused);
    open.look(this::agreed);
  }

  /// The next look heeds it.
  private synchronized void paused(Duration recurring) {
    pause = recurring;
  }

  private void agreed(Map<RouterPath, Agreed> now) {
    synchronized (this) {
      usableAgain(
          (_, path) ->
              now.getOrDefault(path, Agreed.NOTHING).routerState() == SessionState.ADMIN_DOWN);
    }
    statuses.agreed(now);
  }

  /// Permanent name → packets without effect.
  synchronized SortedMap<String, Long> drops() {
    SortedMap<String, Long> drops = new TreeMap<>();
    if (sessions != null) {
      sessions.drops().forEach((reason, count) -> drops.put("bfd_dropped_" + reason, count));
    }
    return drops;
  }

  private synchronized void isBack(RouterPath path) {
    usableAgain((_, one) -> one.equals(path));
  }

  private synchronized void lost(RouterPath path) {
    for (PeerName peer : users(path)) {
      lost.put(peer, path);
      paths.lost(peer, path);
    }
  }

  /// A peer that is gone may have another name now, and its session goes on to wait.
  private void handOn() {
    Set<PeerName> present = peers.stream().map(PeerSettings::name).collect(Collectors.toSet());
    Map.copyOf(lost)
        .forEach(
            (peer, path) -> {
              SortedSet<PeerName> heirs = users(path);
              if (!present.contains(peer) && !heirs.isEmpty()) {
                lost.remove(peer);
                heirs.forEach(heir -> lost.putIfAbsent(heir, path));
              }
            });
  }

  private void usableAgain(BiPredicate<PeerName, RouterPath> which) {
    // A copy of the map: an entry of a TreeMap is another one after a removal.
    Map.copyOf(lost)
        .forEach(
            (peer, path) -> {
              if (which.test(peer, path)) {
                lost.remove(peer);
                paths.back(peer, path);
              }
            });
  }

  /// Tells the routers that it ends. What BGP has to say it has said before: a router that hears of
  /// an end of BFD alone may take it for a failure.
  @Override
  public void close() {
    RouterSessions open;
    synchronized (this) {
      closed = true;
      open = sessions;
    }
    if (open != null) {
      open.close();
    }
    statuses.close();
  }

  /// What the sessions tell.
  RouterListener listener() {
    return new FromSessions();
  }

  private final class FromSessions implements RouterListener {

    @Override
    public void changed(RouterPath path, SessionState state, Diagnostic diagnostic) {
      if (state == SessionState.UP) {
        isBack(path);
      }
      statuses.changed(path, state, diagnostic);
    }

    @Override
    public void lost(RouterPath path) {
      RouterWatch.this.lost(path);
    }
  }
}
