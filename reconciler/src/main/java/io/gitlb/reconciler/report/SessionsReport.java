// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.List;

/// Every session of every speaker, as it told them last.
///
/// @param at the time of the pass that it shows
/// @param nodes every one with a speaker, sorted by name
public record SessionsReport(Instant at, List<NodeSessions> nodes) {

  public SessionsReport {
    nodes = List.copyOf(nodes);
  }

  /// The sessions of one node. While the speaker is not `up` they may be others by now.
  ///
  /// @param speaker `up`, or why it is not
  /// @param bgp with routers, sorted by the peer's name
  /// @param bfd with routers, sorted by address
  /// @param liveness with other speakers, sorted by node and interface
  public record NodeSessions(
      NodeName node,
      String speaker,
      List<PeerStatus> bgp,
      List<BfdStatus> bfd,
      List<MemberStatus> liveness) {

    /// Of [#speaker] while there is nothing to say against it.
    public static final String UP = "up";

    public NodeSessions {
      bgp = List.copyOf(bgp);
      bfd = List.copyOf(bfd);
      liveness = List.copyOf(liveness);
    }
  }
}
