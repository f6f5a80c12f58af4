// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// One document of the config branch. Its identity is its kind and name.
public sealed interface Definition
    permits AddressPool, L2Advertisement, BgpAdvertisement, BgpPeer, PinnedIp, ReservedRange {

  /// `metadata.name`.
  String documentName();

  /// Where `metadata.name` stands.
  SourcePlace place();
}
