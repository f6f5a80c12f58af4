// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Tells the nodes of the cluster from everybody else on the segment, by hardware address. A frame
/// of such a node is a hand-over or a fault of ours, never a foreign conflict. Immutable.
public final class OwnNodes {

  /// Knows nobody: everybody is foreign.
  public static final OwnNodes NONE = new OwnNodes(new TreeMap<>());

  // Hardware address → the node that it is an interface of (N:1).
  private final SortedMap<MacAddress, NodeName> byMac;

  /// @param byMac hardware address → the other node that has an interface with it
  public OwnNodes(SortedMap<MacAddress, NodeName> byMac) {
    this.byMac = Collections.unmodifiableSortedMap(new TreeMap<>(byMac));
  }

  /// Whose station it is.
  public sealed interface Whose {

    /// No node of ours.
    record Foreign() implements Whose {}

    /// A node whose speaker claims the address: for ownership to settle.
    record ClaimingMember(NodeName node) implements Whose {}

    /// A node whose speaker does not claim it.
    record OtherMember(NodeName node) implements Whose {}
  }

  /// The members and the strangers among some stations.
  ///
  /// @param members that use the address
  /// @param probers members that only asked for it at the same time
  /// @param strangers that use it or asked for it
  public record Split(
      SortedSet<NodeName> members, SortedSet<NodeName> probers, SortedSet<MacAddress> strangers) {

    public Split {
      members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
      probers = Collections.unmodifiableSortedSet(new TreeSet<>(probers));
      strangers = Collections.unmodifiableSortedSet(new TreeSet<>(strangers));
    }
  }

  /// Whose station this is.
  ///
  /// @param claimants the nodes whose speakers claim the address in question
  public Whose whose(MacAddress mac, Set<NodeName> claimants) {
    NodeName node = byMac.get(mac);
    if (node == null) {
      return new Whose.Foreign();
    }
    return claimants.contains(node) ? new Whose.ClaimingMember(node) : new Whose.OtherMember(node);
  }

  /// Who holds an address by the result of a probe. Whoever probed wants the address (RFC 5227
  /// section 2.1.1): of a stranger that counts like holding it, of a member it is for ownership to
  /// settle.
  public Split split(ProbeRounds.Result result) {
    SortedSet<NodeName> members = new TreeSet<>();
    SortedSet<NodeName> probers = new TreeSet<>();
    SortedSet<MacAddress> strangers = new TreeSet<>();
    for (MacAddress mac : result.claimants()) {
      NodeName node = byMac.get(mac);
      if (node == null) {
        strangers.add(mac);
      } else {
        members.add(node);
      }
    }
    for (MacAddress mac : result.probers()) {
      NodeName node = byMac.get(mac);
      if (node == null) {
        strangers.add(mac);
      } else {
        probers.add(node);
      }
    }
    probers.removeAll(members);
    return new Split(members, probers, strangers);
  }
}
