// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// The speakers, one a node.
public interface SpeakerPort extends ProbePort {

  /// Hands over the desired state of every node; returns at once. What a node had before is
  /// replaced, and only the newest state of a node is ever sent.
  ///
  /// @param states node → its desired state
  void setDesired(Map<NodeName, DesiredState> states);

  /// What is known of every configured speaker: node → report.
  SortedMap<NodeName, SpeakerReport> reports();

  /// Where the node's speaker is called; empty when nobody knows.
  default Optional<Member.Endpoint> endpoint(NodeName node) {
    return Optional.empty();
  }

  /// One speaker as seen from here.
  ///
  /// @param stored the newest generation that it acknowledged or told of
  /// @param status its last status
  /// @param failure why it cannot be reached or refuses; empty when all is well
  /// @param carried what it had stored from a leader before us; empty once we have handed it a
  ///   state
  record SpeakerReport(
      Optional<Generation> stored,
      Optional<SpeakerStatus> status,
      Optional<Failure> failure,
      Optional<DesiredState> carried) {

    /// Nothing from anybody before us.
    public SpeakerReport(
        Optional<Generation> stored, Optional<SpeakerStatus> status, Optional<Failure> failure) {
      this(stored, status, failure, Optional.empty());
    }
  }
}
