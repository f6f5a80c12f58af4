// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

/// What a speaker answers to a pushed desired state.
public sealed interface PushReply {

  /// On disk, and about to be applied. Also the answer to a state that it has already.
  ///
  /// @param digest SHA-256 of the state's canonical JSON, hexadecimal
  record Stored(Generation generation, String digest) implements PushReply {}

  /// The speaker has a higher generation and keeps it.
  record Stale(Generation newest) implements PushReply {}

  /// The state is not for this speaker or cannot be read; it keeps what it has.
  ///
  /// @param message for people, one line
  record Refused(String message) implements PushReply {}
}
