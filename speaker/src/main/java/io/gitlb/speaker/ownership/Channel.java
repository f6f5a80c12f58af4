// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// What the long poll of a peer's claims says.
public enum Channel {
  /// It answers.
  OPEN,
  /// It does not answer; nobody refused.
  SILENT,
  /// The peer's host refused the connection or reset it: the process is gone, unless a liveness
  /// session with it stays up.
  REFUSED
}
