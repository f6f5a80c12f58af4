// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.LocalPreference;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.Edits;
import io.gitlb.speaker.announce.PeerExport;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.SessionTimes;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Peers and routes of the desired state in the words of BGP. A peer whose settings BGP refuses
/// keeps those that it had last; one that never had good ones is left out. One that only lacks its
/// password takes every other edit and keeps the password that it had last.
///
/// Remembers the last good settings, so it has one owner.
final class PeerTranslation {

  private static final String GOES_ON = "; goes on with the password that it had last";

  private static final String AS_BEFORE = "; goes on with the settings that it had last";

  // Peer → its settings when they were last good (1:1).
  private final TreeMap<PeerName, PeerConfig> lastGood = new TreeMap<>();

  // Peer → its routes, both ways (1:1).
  private Map<PeerName, Image> images = Map.of();

  /// What BGP is to be given, and what it refuses.
  ///
  /// @param routes peer → all its routes (1:1)
  /// @param refused peer → why, for people (1:1)
  record Translated(
      List<PeerConfig> peers,
      SortedMap<PeerName, SnapshotMap<IpPrefix, RouteAttributes>> routes,
      SortedMap<PeerName, String> refused) {}

  /// @param exports the whole set; a peer that is not in it is forgotten
  Translated translate(List<PeerExport> exports) {
    List<PeerConfig> peers = new ArrayList<>();
    TreeMap<PeerName, SnapshotMap<IpPrefix, RouteAttributes>> routes = new TreeMap<>();
    TreeMap<PeerName, String> refused = new TreeMap<>();
    TreeSet<PeerName> present = new TreeSet<>();
    Map<PeerName, Image> next = new HashMap<>();
    // Routes as exported → their image (1:1): peers that share these share those.
    IdentityHashMap<SnapshotMap<IpPrefix, Attributes>, Image> shared = new IdentityHashMap<>();
    for (PeerExport export : exports) {
      PeerName name = export.peer().name();
      present.add(name);
      try {
        lastGood.put(name, config(export.peer(), key(export.peer(), refused)));
      } catch (IllegalArgumentException e) {
        refused.put(name, e.getMessage() + (lastGood.containsKey(name) ? AS_BEFORE : ""));
      }
      PeerConfig config = lastGood.get(name);
      if (config != null) {
        peers.add(config);
        Image image =
            shared.computeIfAbsent(
                export.routes(), now -> images.getOrDefault(name, Image.NONE).follow(now));
        next.put(name, image);
        routes.put(name, image.routes());
      }
    }
    images = next;
    lastGood.keySet().retainAll(present);
    return new Translated(peers, routes, refused);
  }

  /// @param refused told when it is not the one that it should be
  private Optional<Password> key(PeerSettings peer, SortedMap<PeerName, String> refused) {
    try {
      return peer.extras().password().map(PeerTranslation::known);
    } catch (IllegalArgumentException e) {
      Optional<Password> last =
          Optional.ofNullable(lastGood.get(peer.name())).flatMap(known -> known.transport().key());
      if (last.isEmpty()) {
        throw e;
      }
      refused.put(peer.name(), e.getMessage() + GOES_ON);
      return last;
    }
  }

  private static PeerConfig config(PeerSettings peer, Optional<Password> key) {
    SessionTimes times =
        new SessionTimes(
            peer.holdTime(),
            peer.keepaliveTime(),
            peer.connectTime().orElse(SessionTimes.DEFAULT.connectTime()));
    PeerConfig config =
        PeerConfig.of(peer.name(), peer.myAsn(), remoteAs(peer.peerAs()), transport(peer, key))
            .withTimes(times)
            .withFamilies(families(peer.extras()));
    config = peer.routerId().map(config::withRouterId).orElse(config);
    return peer.extras().restartTime().map(config::withGracefulRestart).orElse(config);
  }

  private static Transport transport(PeerSettings peer, Optional<Password> key) {
    Transport plain =
        new Transport(peer.peerAddress(), peer.port(), peer.sourceAddress(), peer.hops())
            .withInitiative(
                switch (peer.extras().initiative()) {
                  case ACTIVE -> Transport.Initiative.ACTIVE;
                  case PASSIVE -> Transport.Initiative.PASSIVE;
                });
    OptionalInt links = peer.extras().ttlSecurity();
    Transport near = links.isPresent() ? plain.withTtlSecurity(links.getAsInt()) : plain;
    Transport transport = peer.extras().device().map(near::withDevice).orElse(near);
    return key.map(transport::withKey).orElse(transport);
  }

  private static Password known(PeerPassword password) {
    return switch (password) {
      case PeerPassword.InFile(String path) -> PasswordFiles.read(path);
      case PeerPassword.Given(Password given) -> given;
      case PeerPassword.Missing(String why) -> throw new IllegalArgumentException(why);
    };
  }

  private static RemoteAs remoteAs(PeerSettings.RemoteAs peerAs) {
    return switch (peerAs) {
      case PeerSettings.RemoteAs.Exactly(Asn asn) -> new RemoteAs.Exactly(asn);
      case PeerSettings.RemoteAs.Dynamic.INTERNAL -> new RemoteAs.Internal();
      case PeerSettings.RemoteAs.Dynamic.EXTERNAL -> new RemoteAs.External();
    };
  }

  private static Set<AddressFamily> families(PeerSettings.Extras extras) {
    return extras.families().stream()
        .map(AddressFamily::unicast)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Routes as exported, and the same in the words of BGP.
  private record Image(
      SnapshotMap<IpPrefix, Attributes> exported, SnapshotMap<IpPrefix, RouteAttributes> routes) {

    static final Image NONE = new Image(SnapshotMap.empty(), SnapshotMap.empty());

    Image follow(SnapshotMap<IpPrefix, Attributes> next) {
      // Most routes are alike.
      Map<Attributes, Optional<RouteAttributes>> kinds = new HashMap<>();
      SortedMap<IpPrefix, Optional<RouteAttributes>> edits = new TreeMap<>();
      for (SnapshotMap.Change<IpPrefix, Attributes> change : next.changesSince(exported)) {
        edits.put(
            change.key(),
            change
                .after()
                .flatMap(one -> kinds.computeIfAbsent(one, kind -> Optional.of(attributes(kind)))));
      }
      return new Image(next, Edits.applied(routes, edits));
    }

    private static RouteAttributes attributes(Attributes exported) {
      return new RouteAttributes(
          LocalPreference.told(exported.localPreference()),
          exported.communities(),
          exported.outlook());
    }
  }
}
