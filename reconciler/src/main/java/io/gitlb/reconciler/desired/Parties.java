// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Who has to do with an address.
///
/// @param serving those that pass traffic on
/// @param others everybody, when those that do not now are candidates all the same
record Parties(Crew serving, Optional<Crew> others) {

  /// More prefixes than this are not listed.
  private static final int LISTED = 8;

  /// Those that announce the address on links.
  Roster roster(IpAddress address) {
    Roster first = serving.roster(address);
    return others.map(crew -> crew.roster(address).after(first)).orElse(first);
  }

  /// Whether any of them announces on links, whatever it reaches.
  boolean hasCandidates() {
    return serving.hasCandidates() || others.filter(Crew::hasCandidates).isPresent();
  }

  /// On which interfaces any of them announces, none for all of them.
  List<String> interfaces() {
    return others.orElse(serving).interfaces();
  }

  /// Why none of them is a candidate, for people.
  ///
  /// @param may the nodes that may announce, with a speaker or without
  /// @param family of the address
  String notOnLink(List<NodeName> may, IpFamily family) {
    List<String> reached =
        others.orElse(serving).onLink().stream()
            .filter(prefix -> prefix.family() == family)
            .map(IpPrefix::toString)
            .toList();
    return "no interface of "
        + may.stream().map(NodeName::value).collect(Collectors.joining(", "))
        + " that layer 2 may answer on has it on its link; what they have there is "
        + (reached.isEmpty()
            ? "nothing of its family"
            : String.join(", ", reached.subList(0, Math.min(reached.size(), LISTED)))
                + (reached.size() > LISTED ? " and more" : ""));
  }
}
