// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BfdSignature;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node watches a path once (RFC 5882 section 2), so peers of one path should want the same of
/// BFD. Peers whose node selectors can select no common node are left alone.
final class SharedPathChecks {

  private final Definitions definitions;
  private final SourceMap places;
  private final Budget budget;

  private record Path(
      Optional<String> vrf, PeerEndpoint endpoint, Optional<IpAddress> source, Hops hops) {}

  private record Wish(BgpPeer peer, BfdProfile profile) {}

  /// What a profile says of a session.
  private record Terms(
      Duration receiveInterval,
      Duration transmitInterval,
      int detectMultiplier,
      BfdProfile.Role role,
      int minimumTtl,
      Optional<BfdSignature> signature) {

    static Terms of(BfdProfile profile) {
      return new Terms(
          profile.receiveInterval(),
          profile.transmitInterval(),
          profile.detectMultiplier(),
          profile.role(),
          profile.minimumTtl(),
          profile.signature());
    }
  }

  private SharedPathChecks(Definitions definitions, SourceMap places, Budget budget) {
    this.definitions = definitions;
    this.places = places;
    this.budget = budget;
  }

  static List<Problem> check(Definitions definitions, SourceMap places, Budget budget) {
    return new SharedPathChecks(definitions, places, budget).problems();
  }

  private List<Problem> problems() {
    // path → who wants it watched, by name (1:N)
    Map<Path, List<Wish>> byPath = new LinkedHashMap<>();
    for (BgpPeer peer : definitions.bgpPeers()) {
      peer.bfdProfile()
          .flatMap(definitions::bfdProfile)
          .ifPresent(
              profile ->
                  byPath
                      .computeIfAbsent(path(peer), _ -> new ArrayList<>())
                      .add(new Wish(peer, profile)));
    }
    return byPath.values().stream()
        .filter(SharedPathChecks::disagree)
        .flatMap(wishes -> overruled(wishes).stream())
        .toList();
  }

  /// Seldom, and then only are they compared with each other.
  private static boolean disagree(List<Wish> wishes) {
    return wishes.stream().map(wish -> Terms.of(wish.profile())).distinct().count() > 1;
  }

  private static Path path(BgpPeer peer) {
    return new Path(peer.vrf(), peer.endpoint(), peer.sourceAddress(), peer.hops());
  }

  private List<Problem> overruled(List<Wish> wishes) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 1; i < wishes.size(); i++) {
      Wish later = wishes.get(i);
      wishes.subList(0, i).stream()
          .filter(first -> budget.allowsOneMore() && overrules(first, later))
          .findFirst()
          .ifPresent(first -> problems.add(problem(first, later)));
    }
    return problems;
  }

  private static boolean overrules(Wish first, Wish later) {
    return !Terms.of(first.profile()).equals(Terms.of(later.profile()))
        && Selecting.canMeet(first.peer().nodeSelectors(), later.peer().nodeSelectors());
  }

  private Problem problem(Wish first, Wish later) {
    String overruled = later.profile().documentName();
    return new Problem(
        places.placeOf(later.peer(), "spec.bfdProfile", overruled),
        ProblemCode.BFD_PROFILES_DIFFER,
        "BGPPeer %s has BFDProfile %s, and BGPPeer %s at %s has BFDProfile %s for the same path: a node that is for both watches it once, as BGPPeer %s says, the first by name; give both the same BFDProfile"
            .formatted(
                later.peer().name(),
                overruled,
                first.peer().name(),
                first.peer().place(),
                first.profile().name(),
                first.peer().name()));
  }
}
