// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.Definition;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The kinds, in which versions each is read, and how.
enum Kind {
  IP_ADDRESS_POOL("IPAddressPool"),
  L2_ADVERTISEMENT("L2Advertisement"),
  BGP_ADVERTISEMENT("BGPAdvertisement"),
  BGP_PEER("BGPPeer"),
  PINNED_IP("PinnedIP"),
  BFD_PROFILE("BFDProfile"),
  COMMUNITY("Community"),
  RESERVED_RANGE("ReservedRange"),
  APPROVAL("Approval"),
  SUSPENSION("Suspension"),
  CHANGE_WINDOW("ChangeWindow");

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  static Optional<Kind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  boolean isIn(ApiVersion version) {
    return versions().contains(version);
  }

  private Set<ApiVersion> versions() {
    return switch (this) {
      case BGP_PEER -> EnumSet.allOf(ApiVersion.class);
      case IP_ADDRESS_POOL, L2_ADVERTISEMENT, BGP_ADVERTISEMENT, BFD_PROFILE, COMMUNITY ->
          EnumSet.of(ApiVersion.METALLB_V1BETA1, ApiVersion.GITLB_V1);
      case PINNED_IP, RESERVED_RANGE, APPROVAL, SUSPENSION, CHANGE_WINDOW ->
          EnumSet.of(ApiVersion.GITLB_V1);
    };
  }

  /// The versions in which this kind is read, for messages.
  String versionsInWords() {
    return versions().stream().map(ApiVersion::toString).collect(Collectors.joining(", "));
  }

  /// Reads the `spec`; empty when a problem was noted.
  Optional<? extends Definition> read(Document document) {
    return switch (this) {
      case IP_ADDRESS_POOL -> PoolMapping.read(document);
      case L2_ADVERTISEMENT -> L2Mapping.read(document);
      case BGP_ADVERTISEMENT -> BgpAdvertisementMapping.read(document);
      case BGP_PEER -> PeerMapping.read(document);
      case PINNED_IP -> PinMapping.read(document);
      case RESERVED_RANGE -> ReservedMapping.read(document);
      case BFD_PROFILE -> BfdMapping.read(document);
      case COMMUNITY -> CommunityMapping.read(document);
      case APPROVAL -> ApprovalMapping.read(document);
      case SUSPENSION -> SuspensionMapping.read(document);
      case CHANGE_WINDOW -> WindowMapping.read(document);
    };
  }

  /// As documents write it.
  @Override
  public String toString() {
    return text;
  }
}
