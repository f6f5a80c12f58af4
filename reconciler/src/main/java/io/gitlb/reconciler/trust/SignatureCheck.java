// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

/// What a look at a commit's signature gave. Whether its key may sign is not yet said.
public sealed interface SignatureCheck {

  /// The commit has none.
  record Unsigned() implements SignatureCheck {}

  /// The key made it over exactly this commit.
  record Made(KeyId key) implements SignatureCheck {}

  /// It is not over this commit, or of a kind that proves nothing.
  ///
  /// @param found in words
  record Wrong(String found) implements SignatureCheck {}

  /// The key that made it is not among those given, so nobody can say.
  ///
  /// @param found in words, with what names the key
  record UnknownKey(String found) implements SignatureCheck {}

  /// The key was revoked, expired, or may not sign.
  ///
  /// @param found in words
  record UnusableKey(String found) implements SignatureCheck {}
}
