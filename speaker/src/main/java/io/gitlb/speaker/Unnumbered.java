// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.discovery.session.DiscoveryListener;
import io.gitlb.speaker.discovery.session.RouterDiscovery;
import io.gitlb.speaker.receive.StatusBoard;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the peers at the other ends of interfaces the addresses that they have there. One that was
/// not found yet is left out of the state and shown as waiting. Called from several threads.
final class Unnumbered implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Unnumbered.class);

  private final Consumer<DesiredState> follower;
  private final Predicate<PeerName> established;
  private final StatusBoard board;
  private final InstantSource timeOfDay;
  private final RouterDiscovery discovery;

  private Optional<DesiredState> desired = Optional.empty();

  // interface → where the router at its other end was found (1:1)
  private final SortedMap<String, Ipv6> found = new TreeMap<>();

  // The same, as the sessions are told: one that is up is not ended for another address.
  private SortedMap<String, Ipv6> told = new TreeMap<>();

  // interface → why nobody can be found there (1:1)
  private final SortedMap<String, String> impediments = new TreeMap<>();

  // interface → who answers there beside the one that was found (1:1); none is not there
  private final SortedMap<String, SortedSet<Ipv6>> others = new TreeMap<>();

  // peer that was not found yet → since when it is looked for (1:1)
  private SortedMap<PeerName, Instant> waiting = new TreeMap<>();

  /// @param follower is given the state with the addresses, again when they are others
  /// @param established whether a peer's session is up
  /// @param board is told of links with more than one router
  Unnumbered(
      Consumer<DesiredState> follower,
      Predicate<PeerName> established,
      StatusBoard board,
      InstantSource timeOfDay) {
    this.follower = follower;
    this.established = established;
    this.board = board;
    this.timeOfDay = timeOfDay;
    this.discovery = new RouterDiscovery(listener());
  }

  /// Takes the whole state.
  synchronized void apply(DesiredState state) {
    desired = Optional.of(state);
    SortedSet<String> names = new TreeSet<>();
    state.peers().stream()
        .filter(Unnumbered::isLookedFor)
        .forEach(peer -> peer.extras().interfaceName().ifPresent(name -> names.add(name)));
    discovery.apply(names);
    others.keySet().stream()
        .filter(name -> !names.contains(name))
        .forEach(name -> board.solved(part(name)));
    for (SortedMap<String, ?> known : List.of(found, told, impediments, others)) {
      known.keySet().retainAll(names);
    }
    follow(state);
  }

  /// Whether an address that could not be used before can be now.
  synchronized void look() {
    if (!found.equals(told)) {
      desired.ifPresent(state -> follow(state));
    }
  }

  private static boolean isLookedFor(PeerSettings peer) {
    return peer.peerAddress().equals(PeerSettings.UNKNOWN_ADDRESS);
  }

  private void follow(DesiredState state) {
    SortedMap<String, Ipv6> now = new TreeMap<>(found);
    SortedMap<PeerName, Instant> missed = new TreeMap<>();
    List<PeerSettings> peers = new ArrayList<>();
    for (PeerSettings peer : state.peers()) {
      String name = peer.extras().interfaceName().orElse("");
      Ipv6 before = told.get(name);
      if (before != null && isLookedFor(peer) && established.test(peer.name())) {
        now.put(name, before);
      }
    }
    for (PeerSettings peer : state.peers()) {
      Ipv6 address = now.get(peer.extras().interfaceName().orElse(""));
      if (!isLookedFor(peer)) {
        peers.add(peer);
      } else if (address != null) {
        peers.add(peer.withPeerAddress(address));
      } else {
        missed.put(peer.name(), waiting.getOrDefault(peer.name(), timeOfDay.instant()));
      }
    }
    told = now;
    waiting = missed;
    others.keySet().forEach(this::warn);
    follower.accept(state.withPeers(peers));
  }

  private static String part(String interfaceName) {
    return "routers on " + interfaceName;
  }

  private void warn(String interfaceName) {
    SortedSet<Ipv6> rest = others.getOrDefault(interfaceName, Collections.emptySortedSet());
    Ipv6 used = told.get(interfaceName);
    String message =
        "GLB6020 beside "
            + (used == null ? "the one that is used" : used + ", which is used,")
            + " there answers "
            + join(rest)
            + "; leave one router on that link, or write an address of it that is not link-local"
            + " as peerAddress instead of interface";
    board.problem(part(interfaceName), message);
  }

  private static String join(SortedSet<Ipv6> addresses) {
    return addresses.stream().map(Ipv6::toString).collect(Collectors.joining(" and "));
  }

  /// All peers, sorted by name: those that were not found yet, too, and with a word about routers
  /// that a peer's link should not have.
  ///
  /// @param dialled the sessions that there are
  synchronized List<SpeakerStatus.PeerStatus> shown(List<SpeakerStatus.PeerStatus> dialled) {
    SortedMap<PeerName, String> words = new TreeMap<>();
    for (PeerSettings peer : desired.map(DesiredState::peers).orElse(List.of())) {
      String name = peer.extras().interfaceName().orElse("");
      SortedSet<Ipv6> rest = others.get(name);
      if (rest != null && isLookedFor(peer)) {
        words.put(peer.name(), join(rest) + " on " + name + ", too (GLB6020)");
      }
    }
    List<SpeakerStatus.PeerStatus> all = new ArrayList<>(waiting());
    for (SpeakerStatus.PeerStatus peer : dialled) {
      String word = words.get(peer.name());
      all.add(
          word == null
              ? peer
              : peer.withLastError(peer.lastError().map(last -> last + "; ").orElse("") + word));
    }
    all.sort(Comparator.comparing(SpeakerStatus.PeerStatus::name));
    return all;
  }

  /// The peers that were not found yet.
  private List<SpeakerStatus.PeerStatus> waiting() {
    List<SpeakerStatus.PeerStatus> shown = new ArrayList<>();
    for (PeerSettings peer : desired.map(DesiredState::peers).orElse(List.of())) {
      Instant since = waiting.get(peer.name());
      if (since != null) {
        shown.add(
            new SpeakerStatus.PeerStatus(
                peer.name(),
                peer.peerAddress(),
                "Idle",
                since,
                0,
                Optional.of(reason(peer.extras().interfaceName().orElseThrow())),
                new SpeakerStatus.PeerSession(
                        Optional.of(peer.myAsn()),
                        StatusComposer.peerAsn(peer),
                        Optional.empty(),
                        Optional.empty())
                    .over(peer.extras().interfaceName()),
                SpeakerStatus.PeerTraffic.NONE));
      }
    }
    return shown;
  }

  private String reason(String interfaceName) {
    String impediment = impediments.get(interfaceName);
    return impediment == null
        ? "not dialled: no router has advertised itself on " + interfaceName + " yet"
        : "not dialled: no router discovery on " + interfaceName + ": " + impediment;
  }

  @Override
  public void close() {
    discovery.close();
  }

  /// What the links tell.
  DiscoveryListener listener() {
    return new FromDiscovery();
  }

  private final class FromDiscovery implements DiscoveryListener {

    @Override
    public void found(String interfaceName, Ipv6 neighbor) {
      synchronized (Unnumbered.this) {
        found.put(interfaceName, neighbor);
        desired.ifPresent(state -> follow(state));
      }
    }

    @Override
    public void others(String interfaceName, SortedSet<Ipv6> now) {
      synchronized (Unnumbered.this) {
        if (now.isEmpty()) {
          LOG.info("One router answers on {} again", interfaceName);
          others.remove(interfaceName);
          board.solved(part(interfaceName));
        } else {
          LOG.warn("Other routers answer on {}, too: {}", interfaceName, join(now));
          others.put(interfaceName, now);
        }
        desired.ifPresent(state -> follow(state)); // So that it is shown.
      }
    }

    @Override
    public void impeded(String interfaceName, String reason) {
      synchronized (Unnumbered.this) {
        if (reason.isEmpty()) {
          impediments.remove(interfaceName);
        } else {
          impediments.put(interfaceName, reason);
        }
        desired.ifPresent(state -> follow(state)); // So that the reason is shown.
      }
    }
  }
}
