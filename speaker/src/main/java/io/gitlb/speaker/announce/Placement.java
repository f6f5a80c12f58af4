// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.NodeName;
import java.util.Optional;
import java.util.SortedSet;

/// What this node does with one address on layer 2.
public sealed interface Placement {

  /// Answers for it.
  ///
  /// @param interfaces at least one
  record Answered(SortedSet<String> interfaces) implements Placement {

    public Answered {
      interfaces = FixedSortedSet.copyOf(interfaces);
      if (interfaces.isEmpty()) {
        throw new IllegalArgumentException("an address is answered on at least one interface");
      }
    }
  }

  /// Leaves it to another node.
  ///
  /// @param owner who answers for it, as far as known
  record Standby(Optional<NodeName> owner) implements Placement {}

  /// Should answer, but cannot.
  record Impossible(Reason reason) implements Placement {}

  /// Why an address cannot be answered here.
  enum Reason {
    /// None of the interfaces that the advertisement names is there, up and in use.
    NO_INTERFACE("NoInterface"),
    /// None of them reaches the address without a gateway.
    NOT_ON_LINK("NotOnLink"),
    /// Frames cannot be captured on those that do.
    NO_CAPTURE("NoCapture"),
    /// Those that do have no link-local address that is ready, which IPv6 needs to answer from.
    NO_LINK_LOCAL("NoLinkLocal"),
    /// Under the traffic policy Local: no endpoint of this node would take the packets.
    NO_LOCAL_ENDPOINT("NoLocalEndpoint"),
    /// Under the traffic policy Local: the service proxy of this node has not said yet whether
    /// there is an endpoint here.
    NO_HEALTH_ANSWER("NoHealthAnswer"),
    /// This node's state has it, the newer one of a peer has not, and the reconciler cannot be
    /// asked.
    GIVEN_AWAY("GivenAway"),
    /// After an absence: the state on disk is too old to go by, and nobody has confirmed it.
    STATE_TOO_OLD("StateTooOld"),
    /// After an absence: the state on disk is not confirmed yet, and the time to go by it
    /// nevertheless has not come.
    WAITING_FOR_RECONCILER("WaitingForReconciler"),
    /// After a boot: the service proxy of this node may have no rules yet.
    WAITING_FOR_SERVICE_PROXY("WaitingForServiceProxy"),
    /// After a start: the other speakers have not said yet what they know.
    WAITING_FOR_SPEAKERS("WaitingForSpeakers"),
    /// Nobody has decided yet whether this node is to answer.
    WAITING("Waiting");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /// The permanent name in the status and in logs.
    public String label() {
      return label;
    }
  }
}
