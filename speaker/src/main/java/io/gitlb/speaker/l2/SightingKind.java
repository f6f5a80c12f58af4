// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

/// What a [Sighting] says about the station.
public enum SightingKind {
  /// It uses the address: an ARP packet with that sender address, a neighbour advertisement.
  CLAIM,
  /// It asks whether it may: an ARP probe (RFC 5227 section 1.1), a solicitation from `::` (RFC
  /// 4862 section 5.4.2).
  PROBE
}
