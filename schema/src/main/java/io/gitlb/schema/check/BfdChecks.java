// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BfdProfile.Echo;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// BFD profiles beside what peers and advertisements say.
final class BfdChecks {

  private static final String PROFILE = "spec.bfdProfile";

  /// A process that shares its processors is away for tens of milliseconds now and then.
  private static final Duration SHORTEST_DETECTION = Duration.ofMillis(100);

  private final Definitions definitions;
  private final SourceMap places;
  private final Budget budget;
  private final List<Problem> problems = new ArrayList<>();
  // name → the peer, of those with a profile that asks for echo
  private final Map<PeerName, BgpPeer> echoing = new TreeMap<>();

  private BfdChecks(Definitions definitions, SourceMap places, Budget budget) {
    this.definitions = definitions;
    this.places = places;
    this.budget = budget;
  }

  static List<Problem> check(
      Definitions definitions,
      AdvertisedPools<BgpAdvertisement> advertised,
      SourceMap places,
      Budget budget) {
    BfdChecks checks = new BfdChecks(definitions, places, budget);
    definitions.bfdProfiles().forEach(checks::echo);
    definitions.bfdProfiles().forEach(checks::pace);
    definitions.bgpPeers().forEach(checks::restart);
    checks.echoWithIpv6(advertised);
    return checks.problems;
  }

  /// The peer takes us for dead after so many of our packets, whatever kept them.
  private void pace(BfdProfile profile) {
    pace(profile, "spec.receiveInterval", profile.receiveInterval());
    pace(profile, "spec.transmitInterval", profile.transmitInterval());
  }

  private void pace(BfdProfile profile, String field, Duration interval) {
    Duration detection = interval.multipliedBy(profile.detectMultiplier());
    if (detection.compareTo(SHORTEST_DETECTION) < 0) {
      problems.add(
          new Problem(
              places.placeOf(profile, field, interval.toMillis()),
              ProblemCode.BFD_TOO_FAST,
              "%s of BFDProfile %s is %d ms: with %d packets a path counts as lost after %d ms, and a speaker can hold no less than %d ms; lengthen it or raise spec.detectMultiplier"
                  .formatted(
                      field,
                      profile.name(),
                      interval.toMillis(),
                      profile.detectMultiplier(),
                      detection.toMillis(),
                      SHORTEST_DETECTION.toMillis())));
    }
  }

  private void echo(BfdProfile profile) {
    if (profile.echo() == Echo.ASKED) {
      problems.add(
          new Problem(
              places.placeOf(profile, "spec.echoMode", true),
              ProblemCode.NO_ECHO,
              "BFDProfile %s asks for echo mode, which speakers do not grant: they advertise an echo interval of 0 and use control packets"
                  .formatted(profile.name())));
    }
  }

  /// BFD tells the peer of a restart at once, which graceful restart is there to hide.
  private void restart(BgpPeer peer) {
    if (peer.bfdProfile().isPresent() && peer.restart() == BgpPeer.Restart.GRACEFUL) {
      problems.add(
          new Problem(
              places.placeOf(peer, PROFILE, peer.bfdProfile().get()),
              ProblemCode.BFD_ENDS_GRACEFUL_RESTART,
              "BGPPeer %s has BFD and graceful restart: when a speaker crashes, BFD makes the peer drop the routes that it should keep; choose one of both, or accept that by spec.bfdWithGracefulRestart: true, in apiVersion gitlb.io/v1"
                  .formatted(peer.name())));
    }
  }

  /// As in MetalLB: a peer with echo gets no IPv6 routes, and is none over IPv6.
  private void echoWithIpv6(AdvertisedPools<BgpAdvertisement> advertised) {
    Set<BfdProfileName> withEcho =
        definitions.bfdProfiles().stream()
            .filter(profile -> profile.echo() == Echo.ASKED)
            .map(BfdProfile::name)
            .collect(Collectors.toSet());
    for (BgpPeer peer : definitions.bgpPeers()) {
      if (peer.bfdProfile().filter(withEcho::contains).isPresent()) {
        echoing.put(peer.name(), peer);
      }
    }
    for (BgpAdvertisement advertisement : definitions.bgpAdvertisements()) {
      ipv6PoolOf(advertisement, advertised)
          .ifPresent(
              pool -> toldBy(advertisement).forEach(name -> refuse(name, advertisement, pool)));
    }
    echoing.values().forEach(this::refuseOverIpv6);
  }

  private static Optional<AddressPool> ipv6PoolOf(
      BgpAdvertisement advertisement, AdvertisedPools<BgpAdvertisement> advertised) {
    return advertised.of(advertisement).stream()
        .filter(pool -> pool.ranges().stream().anyMatch(range -> range.family() == IpFamily.IPV6))
        .findFirst();
  }

  private List<PeerName> toldBy(BgpAdvertisement advertisement) {
    return echoing.keySet().stream()
        .filter(name -> budget.allowsOneMore() && isToldBy(advertisement, name))
        .toList();
  }

  private static boolean isToldBy(BgpAdvertisement advertisement, PeerName name) {
    return advertisement.peers().isEmpty() || advertisement.peers().contains(name);
  }

  /// Once a peer.
  private void refuse(PeerName name, BgpAdvertisement advertisement, AddressPool pool) {
    Optional.ofNullable(echoing.remove(name))
        .ifPresent(
            peer ->
                refuse(
                    peer,
                    "is told of the IPv6 addresses of pool %s by BGPAdvertisement %s"
                        .formatted(pool.name(), advertisement.name())));
  }

  private void refuseOverIpv6(BgpPeer peer) {
    if (peer.endpoint() instanceof PeerEndpoint.Address(var address)
        && address.family() == IpFamily.IPV6) {
      refuse(peer, "has an IPv6 address");
    }
  }

  private void refuse(BgpPeer peer, String why) {
    String profile = peer.bfdProfile().orElseThrow().value();
    problems.add(
        new Problem(
            places.placeOf(peer, PROFILE, profile),
            ProblemCode.ECHO_WITH_IPV6,
            "BGPPeer %s %s, and its BFDProfile %s asks for echo mode, which is for IPv4 only; turn spec.echoMode off"
                .formatted(peer.name(), why, profile)));
  }
}
