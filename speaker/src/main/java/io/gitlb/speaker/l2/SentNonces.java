// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import java.util.Arrays;

/// The nonces of the probes that went out on one interface of late, so that a copy that comes back
/// is told from a station that wants the same address (RFC 7527 section 4.2).
///
/// In constant memory: each nonce has one place, and a later one on the same place takes it. At the
/// rate of [ProbeRounds#PACE] one stays for about half a second, far longer than any loop takes.
/// The sender adds while the capture thread asks.
final class SentNonces {

  private static final int PLACES = 1_024;
  private static final long NONE = -1;

  private final long[] places = new long[PLACES];

  SentNonces() {
    Arrays.fill(places, NONE);
  }

  /// @param nonce 48 bits
  synchronized void add(long nonce) {
    places[place(nonce)] = nonce;
  }

  synchronized boolean contains(long nonce) {
    return places[place(nonce)] == nonce;
  }

  private static int place(long nonce) {
    return (int) nonce & (PLACES - 1);
  }
}
