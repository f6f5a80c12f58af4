// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// What the subtype octet of a ROUTE-REFRESH is to us.
public enum RefreshSubtype {
  /// Without RFC 7313: every message is a request (RFC 2918 section 3).
  RESERVED,
  /// Both speakers can RFC 7313.
  MEANT
}
