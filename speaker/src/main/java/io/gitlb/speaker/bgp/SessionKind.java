// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

/// Whether the peer is in our AS.
public enum SessionKind {
  EBGP,
  IBGP
}
