// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.packet.Update;
import java.util.List;

/// What brings a peer to the desired set of routes.
///
/// @param packed to be sent in this order
/// @param omitted prefix → why this peer does not get it (1:1)
public record Advertisement(List<PackedUpdate> packed, SnapshotMap<IpPrefix, Omission> omitted) {

  /// Why a desired route is not sent.
  public enum Omission {
    FAMILY_NOT_NEGOTIATED("FamilyNotNegotiated"),
    /// We have no address of the family on this connection.
    NO_NEXT_HOP("NoNextHop"),
    /// No prefix fits into a message beside them.
    ATTRIBUTES_TOO_LONG("AttributesTooLong");

    private final String label;

    Omission(String label) {
      this.label = label;
    }

    /// For machines, CamelCase.
    public String label() {
      return label;
    }
  }

  public Advertisement {
    packed = List.copyOf(packed);
  }

  /// What is to be sent, in order.
  public List<Update> updates() {
    return packed.stream().map(PackedUpdate::update).toList();
  }
}
