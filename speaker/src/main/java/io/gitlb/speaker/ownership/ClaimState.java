// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// Whether a holder stays.
public enum ClaimState {
  HOLDING,
  /// It answers until another claims, and not longer than the limit.
  YIELDING
}
