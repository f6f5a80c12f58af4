// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

/// What is done with a received frame.
public sealed interface Verdict {

  /// Send this one back.
  record Reply(EthernetFrame frame) implements Verdict {}

  /// Do nothing, for this reason.
  record Drop(DropReason reason) implements Verdict {}
}
