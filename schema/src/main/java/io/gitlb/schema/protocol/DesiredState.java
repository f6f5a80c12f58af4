// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that a node shall announce, whole.
///
/// @param clusterUid the UID of the cluster's kube-system namespace
/// @param configCommit the commit of the config branch in force, 40 hexadecimal digits
/// @param ledgerCommit the commit of the ledger that holds every record named here
/// @param announcements address → what the node has to do with it
/// @param peers sorted by name, one a name
/// @param members every node with a speaker, sorted, one a node
public record DesiredState(
    NodeName node,
    String clusterUid,
    Generation generation,
    String configCommit,
    String ledgerCommit,
    SnapshotMap<IpAddress, Announcement> announcements,
    List<PeerSettings> peers,
    List<Member> members) {

  /// The version of the JSON form.
  public static final int FORMAT = 1;

  public DesiredState {
    peers = peers.stream().sorted().toList();
    for (int i = 1; i < peers.size(); i++) {
      if (peers.get(i).name().equals(peers.get(i - 1).name())) {
        throw new IllegalArgumentException("twice: peer " + peers.get(i).name());
      }
    }
    members = members.stream().sorted().toList();
    for (int i = 1; i < members.size(); i++) {
      if (members.get(i).node().equals(members.get(i - 1).node())) {
        throw new IllegalArgumentException("twice: member " + members.get(i).node());
      }
    }
  }

  /// Without members.
  ///
  /// @param announcements one an address
  public DesiredState(
      NodeName node,
      String clusterUid,
      Generation generation,
      String configCommit,
      String ledgerCommit,
      List<Announcement> announcements,
      List<PeerSettings> peers) {
    this(
        node,
        clusterUid,
        generation,
        configCommit,
        ledgerCommit,
        byAddress(announcements),
        peers,
        List.of());
  }

  /// The same with these peers.
  public DesiredState withPeers(List<PeerSettings> all) {
    return new DesiredState(
        node, clusterUid, generation, configCommit, ledgerCommit, announcements, all, members);
  }

  /// The same with these members.
  public DesiredState withMembers(List<Member> all) {
    return new DesiredState(
        node, clusterUid, generation, configCommit, ledgerCommit, announcements, peers, all);
  }

  /// Whether there is a password in it, which only the speaker may know.
  public boolean hasSecrets() {
    return peers.stream().anyMatch(PeerSettings::hasSecret);
  }

  /// The same without passwords, for whoever asks.
  public DesiredState withoutSecrets() {
    return new DesiredState(
        node,
        clusterUid,
        generation,
        configCommit,
        ledgerCommit,
        announcements,
        peers.stream().map(PeerSettings::withoutSecrets).toList(),
        members);
  }

  private static SnapshotMap<IpAddress, Announcement> byAddress(List<Announcement> announcements) {
    SortedMap<IpAddress, Announcement> byAddress = new TreeMap<>();
    for (Announcement announcement : announcements) {
      if (byAddress.put(announcement.address(), announcement) != null) {
        throw new IllegalArgumentException("twice: " + announcement.address());
      }
    }
    return SnapshotMap.copyOf(byAddress);
  }
}
