// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.WellKnownCommunity;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a document names is there. MetalLB ignores unknown names, so that a typing error silently
/// announces nothing.
final class ReferenceChecks {

  /// Names listed in a message.
  private static final int SHOWN = 10;

  private final Definitions definitions;
  private final SourceMap places;
  private final Gaps gaps;
  private final SortedSet<String> poolNames;
  private final SortedSet<String> peerNames;
  private final SortedSet<String> profileNames;
  private final SortedSet<String> aliases;
  private final List<Problem> problems = new ArrayList<>();

  private ReferenceChecks(Definitions definitions, SourceMap places, Gaps gaps) {
    this.definitions = definitions;
    this.places = places;
    this.gaps = gaps;
    this.poolNames = names(definitions.pools());
    this.peerNames = names(definitions.bgpPeers());
    this.profileNames = names(definitions.bfdProfiles());
    this.aliases = new TreeSet<>(WellKnownCommunity.names());
    definitions.communities().forEach(document -> aliases.addAll(document.aliases().keySet()));
  }

  static List<Problem> check(Definitions definitions, SourceMap places, Gaps gaps) {
    return new ReferenceChecks(definitions, places, gaps).run();
  }

  private static SortedSet<String> names(List<? extends Definition> definitions) {
    return definitions.stream()
        .map(Definition::documentName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<Problem> run() {
    for (L2Advertisement advertisement : definitions.l2Advertisements()) {
      pools("L2Advertisement", advertisement, advertisement.pools());
    }
    for (BgpAdvertisement advertisement : definitions.bgpAdvertisements()) {
      pools("BGPAdvertisement", advertisement, advertisement.pools());
      peers(advertisement);
      communities(advertisement);
    }
    for (BgpPeer peer : definitions.bgpPeers()) {
      bfdProfile(peer);
    }
    return problems;
  }

  private void pools(String kind, Definition advertisement, PoolSelection selection) {
    for (PoolName name : selection.names()) {
      if (!poolNames.contains(name.value()) && !gaps.mayHold("IPAddressPool", name.value())) {
        unknown(
            new Reference(kind, advertisement, "spec.ipAddressPools", name.value()),
            "IPAddressPool",
            poolNames);
      }
    }
  }

  private void peers(BgpAdvertisement advertisement) {
    for (PeerName name : advertisement.peers()) {
      if (!peerNames.contains(name.value()) && !gaps.mayHold("BGPPeer", name.value())) {
        unknown(
            new Reference("BGPAdvertisement", advertisement, "spec.peers", name.value()),
            "BGPPeer",
            peerNames);
      }
    }
  }

  private void communities(BgpAdvertisement advertisement) {
    for (String alias : advertisement.communityAliases()) {
      if (!aliases.contains(alias) && !gaps.mayHold("Community")) {
        unknown(
            new Reference("BGPAdvertisement", advertisement, "spec.communities", alias),
            "community",
            aliases);
      }
    }
  }

  private void bfdProfile(BgpPeer peer) {
    for (BfdProfileName name : peer.bfdProfile().stream().toList()) {
      if (!profileNames.contains(name.value()) && !gaps.mayHold("BFDProfile", name.value())) {
        unknown(
            new Reference("BGPPeer", peer, "spec.bfdProfile", name.value()),
            "BFDProfile",
            profileNames);
      }
    }
  }

  private record Reference(String kind, Definition from, String field, String name) {}

  private void unknown(Reference reference, String wantedKind, SortedSet<String> there) {
    problems.add(
        new Problem(
            places.placeOf(reference.from, reference.field, reference.name),
            ProblemCode.UNKNOWN_REFERENCE,
            "%s of %s %s names the %s \"%s\", which is not defined%s; %s"
                .formatted(
                    reference.field,
                    reference.kind,
                    reference.from.documentName(),
                    wantedKind,
                    reference.name,
                    Nearest.question(reference.name, there),
                    there.isEmpty() ? "none is defined" : "defined: " + shown(there))));
  }

  private static String shown(SortedSet<String> names) {
    String first = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return names.size() > SHOWN ? first + " and " + (names.size() - SHOWN) + " more" : first;
  }
}
