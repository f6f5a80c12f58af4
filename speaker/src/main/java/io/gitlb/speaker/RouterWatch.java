// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterListener;
import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.bfd.session.RouterSessions;
import io.gitlb.speaker.bfd.session.RouterSessions.Agreed;
import io.gitlb.speaker.bfd.session.RouterTerms;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the paths to the BGP peers that ask for it, and says which are lost, and which of these
/// can be used again: BFD is up there again, or the router has shut it, or nobody asks for it any
/// more. A session that was never up says nothing: BGP does not wait for it, as a router may have
/// no BFD yet.
///
/// Peers of one path share its session, on the terms of the first of them by name.
final class RouterWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RouterWatch.class);

  private final PathListener paths;
  private final Consumer<List<BfdStatus>> told;
  private final InstantSource timeOfDay;

  // path → who uses it (1:1)
  private SortedMap<RouterPath, SortedSet<PeerName>> users = Collections.emptySortedMap();

  // path → what is known of its session (1:1)
  private final SortedMap<RouterPath, Known> known = new TreeMap<>();

  private Map<RouterPath, Agreed> agreed = Map.of();

  private final RouterWishes wishes = new RouterWishes();

  // path → how its first user by name wants it to be watched (1:1)
  private SortedMap<RouterPath, BfdSettings> wanted = Collections.emptySortedMap();

  // path → how it is watched (1:1)
  private SortedMap<RouterPath, RouterTerms> terms = Collections.emptySortedMap();

  private Duration pause = Duration.ZERO;

  // Opened with the first peer that asks: most have none.
  private @Nullable RouterSessions sessions;
  private boolean closed;

  // peer whose path is lost → that path (N:1)
  private final SortedMap<PeerName, RouterPath> lost = new TreeMap<>();

  private record Known(SessionState state, Instant since, Diagnostic diagnostic) {}

  /// Told on any thread, one call after another; hands on at once.
  interface PathListener {

    /// The path to this peer has failed.
    void lost(PeerName peer);

    /// A path that was lost can be used again, as far as is known.
    void back(PeerName peer);

    /// Hands on to these sessions.
    static PathListener of(BgpSpeaker bgp) {
      return new PathListener() {
        @Override
        public void lost(PeerName peer) {
          bgp.pathLost(peer);
        }

        @Override
        public void back(PeerName peer) {
          bgp.pathBack(peer);
        }
      };
    }
  }

  /// @param told told of all sessions when they are others
  RouterWatch(PathListener paths, Consumer<List<BfdStatus>> told, InstantSource timeOfDay) {
    this.paths = paths;
    this.told = told;
    this.timeOfDay = timeOfDay;
  }

  /// Takes the whole state.
  synchronized void apply(DesiredState state) {
    SortedMap<RouterPath, SortedSet<PeerName>> by = new TreeMap<>();
    SortedMap<RouterPath, BfdSettings> settings = new TreeMap<>();
    for (PeerSettings peer : new TreeSet<>(state.peers())) {
      if (peer.extras().bfd().isPresent()) {
        RouterPath path =
            new RouterPath(
                peer.peerAddress(),
                peer.extras().device().orElse(""),
                peer.sourceAddress(),
                peer.hops());
        by.computeIfAbsent(path, _ -> new TreeSet<>()).add(peer.name());
        settings.putIfAbsent(path, peer.extras().bfd().get());
      }
    }
    if (closed || (sessions == null && settings.isEmpty())) {
      return;
    }
    users = by;
    wanted = settings;
    known.keySet().retainAll(by.keySet());
    by.keySet().forEach(path -> known.putIfAbsent(path, down()));
    handOn(by, state);
    usableAgain(
        (peer, path) -> !by.getOrDefault(path, Collections.emptySortedSet()).contains(peer));
    if (sessions == null) {
      sessions = RouterSessions.open(new FromSessions());
    }
    terms = wishes.terms(wanted, pause);
    sessions.apply(terms);
    tell();
  }

  /// A key in a file may be another one, and so may be the pace that we can hold.
  private void renew(RouterSessions open) {
    SortedMap<RouterPath, RouterTerms> now = wishes.terms(wanted, pause);
    if (!now.equals(terms)) {
      terms = now;
      LOG.info("BFD: other terms: {}", remarks());
      open.apply(now);
    }
  }

  private SortedMap<RouterPath, String> remarks() {
    SortedMap<RouterPath, String> remarks = new TreeMap<>();
    wanted.keySet().forEach(path -> wishes.remark(path).ifPresent(one -> remarks.put(path, one)));
    return remarks;
  }

  private Known down() {
    return new Known(SessionState.DOWN, timeOfDay.instant(), Diagnostic.NONE);
  }

  /// Asks the sessions what they have agreed on: nobody tells of that.
  void look() {
    RouterSessions open;
    synchronized (this) {
      open = closed ? null : sessions;
      if (open != null) {
        renew(open);
      }
    }
    if (open != null) {
      open.lookAtPauses(this::paused);
      open.look(this::agreed);
    }
  }

  /// On the sessions' thread, which must not wait for files: the next look heeds it.
  private synchronized void paused(Duration recurring) {
    pause = recurring;
  }

  private synchronized void agreed(Map<RouterPath, Agreed> now) {
    agreed = now;
    usableAgain(
        (_, path) ->
            now.getOrDefault(path, Agreed.NOTHING).routerState() == SessionState.ADMIN_DOWN);
    tell();
  }

  /// Permanent name → packets without effect.
  synchronized SortedMap<String, Long> drops() {
    SortedMap<String, Long> drops = new TreeMap<>();
    if (sessions != null) {
      sessions.drops().forEach((reason, count) -> drops.put("bfd_dropped_" + reason, count));
    }
    return drops;
  }

  private void tell() {
    List<BfdStatus> all = new ArrayList<>();
    known.forEach(
        (path, one) -> {
          Agreed pace = agreed.getOrDefault(path, Agreed.NOTHING);
          all.add(
              new BfdStatus(
                  path.remote(),
                  users.getOrDefault(path, Collections.emptySortedSet()),
                  MemberBoard.words(one.state()),
                  one.since(),
                  said(path, one.diagnostic()),
                  pace.transmitInterval(),
                  pace.detectionTime(),
                  Duration.ZERO));
        });
    told.accept(all);
  }

  private Optional<String> said(RouterPath path, Diagnostic diagnostic) {
    Optional<String> words = MemberBoard.words(diagnostic);
    Optional<String> remark = wishes.remark(path);
    return words.isPresent() && remark.isPresent()
        ? Optional.of(words.get() + "; " + remark.get())
        : words.or(() -> remark);
  }

  private synchronized void changed(RouterPath path, SessionState state, Diagnostic diagnostic) {
    known.computeIfPresent(path, (_, _) -> new Known(state, timeOfDay.instant(), diagnostic));
    if (state == SessionState.UP) {
      usableAgain((_, one) -> one.equals(path));
    }
    tell();
  }

  private synchronized void lost(RouterPath path) {
    for (PeerName peer : users.getOrDefault(path, Collections.emptySortedSet())) {
      lost.put(peer, path);
      paths.lost(peer);
    }
  }

  /// A peer that is gone may have another name now, and its session goes on to wait.
  private void handOn(SortedMap<RouterPath, SortedSet<PeerName>> by, DesiredState state) {
    Set<PeerName> present =
        state.peers().stream().map(PeerSettings::name).collect(Collectors.toSet());
    for (Map.Entry<PeerName, RouterPath> one : List.copyOf(lost.entrySet())) {
      SortedSet<PeerName> heirs = by.getOrDefault(one.getValue(), Collections.emptySortedSet());
      if (!present.contains(one.getKey()) && !heirs.isEmpty()) {
        lost.remove(one.getKey());
        heirs.forEach(heir -> lost.putIfAbsent(heir, one.getValue()));
      }
    }
  }

  private void usableAgain(BiPredicate<PeerName, RouterPath> which) {
    for (Map.Entry<PeerName, RouterPath> one : List.copyOf(lost.entrySet())) {
      if (which.test(one.getKey(), one.getValue())) {
        lost.remove(one.getKey());
        paths.back(one.getKey());
      }
    }
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
  }

  private final class FromSessions implements RouterListener {

    @Override
    public void changed(RouterPath path, SessionState state, Diagnostic diagnostic) {
      LOG.info("BFD: {} is {} ({})", path.remote(), state, diagnostic);
      RouterWatch.this.changed(path, state, diagnostic);
    }

    @Override
    public void lost(RouterPath path) {
      RouterWatch.this.lost(path);
    }
  }
}
