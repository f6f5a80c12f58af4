// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import java.util.Optional;

/// What becomes of a desired state that is offered to a speaker. Pure.
sealed interface Acceptance {

  /// To be stored and applied.
  record Accepted() implements Acceptance {}

  /// The very same is stored, it may be under another digest.
  record Known() implements Acceptance {}

  /// A higher generation is stored: another reconciler has taken over, or the offer came late.
  record Outdated(Generation newest) implements Acceptance {}

  /// Not for this speaker, whatever its generation.
  ///
  /// @param message for people, one line: what was found, what is allowed, what to do
  record Refused(String message) implements Acceptance {}

  /// @param node the speaker's own
  /// @param stored the newest accepted one
  static Acceptance of(NodeName node, Optional<DesiredDocument> stored, DesiredDocument offered) {
    DesiredState state = offered.state();
    if (!state.node().equals(node)) {
      return new Refused(
          "the state is for node "
              + state.node()
              + ", this is the speaker of node "
              + node
              + "; check the speaker's --node and its address at the reconciler");
    }
    return stored.isEmpty() ? new Accepted() : compare(stored.get(), offered);
  }

  private static Acceptance compare(DesiredDocument stored, DesiredDocument offered) {
    DesiredState state = offered.state();
    String cluster = stored.state().clusterUid();
    if (!state.clusterUid().equals(cluster)) {
      return new Refused(
          "the state is of cluster "
              + state.clusterUid()
              + ", this speaker belongs to cluster "
              + cluster
              + "; to let it join the other one, stop it, delete its desired.json, and start it");
    }
    Generation newest = stored.state().generation();
    int order = state.generation().compareTo(newest);
    if (order < 0) {
      return new Outdated(newest);
    }
    if (order > 0) {
      return new Accepted();
    }
    // What came by deltas has another digest than the same state has that comes whole.
    return offered.digest().equals(stored.digest()) || state.equals(stored.state())
        ? new Known()
        : new Refused(
            "generation "
                + newest
                + " is stored with other content; two reconcilers use the same epoch");
  }
}
