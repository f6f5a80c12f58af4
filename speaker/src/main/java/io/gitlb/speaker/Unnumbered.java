// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.discovery.session.DiscoveryListener;
import io.gitlb.speaker.discovery.session.RouterDiscovery;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Gives the peers at the other ends of interfaces the addresses that they have there. One that was
/// not found yet is left out of the state and shown as waiting. Called from several threads.
final class Unnumbered implements AutoCloseable {

  private final Consumer<DesiredState> follower;
  private final Predicate<PeerName> established;
  private final InstantSource timeOfDay;
  private final RouterDiscovery discovery;

  private Optional<DesiredState> desired = Optional.empty();

  // interface → where the router at its other end was found (1:1)
  private final SortedMap<String, Ipv6> found = new TreeMap<>();

  // The same, as the sessions are told: one that is up is not ended for another address.
  private SortedMap<String, Ipv6> told = new TreeMap<>();

  // interface → why nobody can be found there (1:1)
  private final SortedMap<String, String> impediments = new TreeMap<>();

  // peer that was not found yet → since when it is looked for (1:1)
  private SortedMap<PeerName, Instant> waiting = new TreeMap<>();

  /// @param follower is given the state with the addresses, again when they are others
  /// @param established whether a peer's session is up
  Unnumbered(
      Consumer<DesiredState> follower, Predicate<PeerName> established, InstantSource timeOfDay) {
    this.follower = follower;
    this.established = established;
    this.timeOfDay = timeOfDay;
    this.discovery = new RouterDiscovery(new FromDiscovery());
  }

  /// Takes the whole state.
  synchronized void apply(DesiredState state) {
    desired = Optional.of(state);
    SortedSet<String> names = new TreeSet<>();
    state.peers().stream()
        .filter(Unnumbered::isLookedFor)
        .forEach(peer -> peer.extras().interfaceName().ifPresent(name -> names.add(name)));
    discovery.apply(names);
    for (SortedMap<String, ?> known : List.of(found, told, impediments)) {
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
    follower.accept(state.withPeers(peers));
  }

  /// The peers that were not found yet, sorted by name.
  synchronized List<SpeakerStatus.PeerStatus> waiting() {
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
                    asn(peer.peerAs()),
                    Optional.empty(),
                    Optional.empty(),
                    peer.extras().interfaceName()),
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

  private static Optional<Asn> asn(PeerSettings.RemoteAs peerAs) {
    return switch (peerAs) {
      case PeerSettings.RemoteAs.Exactly(Asn asn) -> Optional.of(asn);
      case PeerSettings.RemoteAs.Dynamic _ -> Optional.empty();
    };
  }

  @Override
  public void close() {
    discovery.close();
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
