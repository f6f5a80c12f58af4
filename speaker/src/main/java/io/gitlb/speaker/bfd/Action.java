// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// What the caller of a [BfdSession] performs, in the order given.
public sealed interface Action {

  /// Sign and send it: [BfdSession#encode].
  record Send(BfdPacket packet) implements Action {}

  /// The state changed.
  ///
  /// @param diagnostic ours, why
  record Changed(SessionState from, SessionState to, Diagnostic diagnostic) implements Action {}
}
