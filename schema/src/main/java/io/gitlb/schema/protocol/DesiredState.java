// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.NodeName;
import java.util.List;

/// All that a node shall announce, whole.
///
/// @param clusterUid the UID of the cluster's kube-system namespace
/// @param configCommit the commit of the config branch in force, 40 hexadecimal digits
/// @param ledgerCommit the commit of the ledger that holds every record named here
/// @param announcements sorted by address, one an address
/// @param peers sorted by name, one a name
public record DesiredState(
    NodeName node,
    String clusterUid,
    Generation generation,
    String configCommit,
    String ledgerCommit,
    List<Announcement> announcements,
    List<PeerSettings> peers) {

  /// The version of the JSON form.
  public static final int FORMAT = 1;

  public DesiredState {
    announcements = announcements.stream().sorted().toList();
    peers = peers.stream().sorted().toList();
    for (int i = 1; i < announcements.size(); i++) {
      if (announcements.get(i).address().equals(announcements.get(i - 1).address())) {
        throw new IllegalArgumentException("twice: " + announcements.get(i).address());
      }
    }
    for (int i = 1; i < peers.size(); i++) {
      if (peers.get(i).name().equals(peers.get(i - 1).name())) {
        throw new IllegalArgumentException("twice: peer " + peers.get(i).name());
      }
    }
  }
}
