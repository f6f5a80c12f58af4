// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// One document of the config branch. Its identity is its kind and name.
public sealed interface Definition
    permits AddressPool,
        L2Advertisement,
        BgpAdvertisement,
        BgpPeer,
        BfdProfile,
        CommunityAliases,
        PinnedIp,
        ReservedRange,
        Approval,
        Suspension,
        ChangeWindow {

  /// `kind`.
  default String kind() {
    return switch (this) {
      case AddressPool _ -> "IPAddressPool";
      case L2Advertisement _ -> "L2Advertisement";
      case BgpAdvertisement _ -> "BGPAdvertisement";
      case BgpPeer _ -> "BGPPeer";
      case BfdProfile _ -> "BFDProfile";
      case CommunityAliases _ -> "Community";
      case PinnedIp _ -> "PinnedIP";
      case ReservedRange _ -> "ReservedRange";
      case Approval _ -> "Approval";
      case Suspension _ -> "Suspension";
      case ChangeWindow _ -> "ChangeWindow";
    };
  }

  /// `metadata.name`.
  String documentName();

  /// Where `metadata.name` stands.
  SourcePlace place();
}
