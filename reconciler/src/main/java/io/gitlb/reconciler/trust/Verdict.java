// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

/// What the policy says of one commit.
public sealed interface Verdict {

  /// Its signer may do what it does.
  record Allowed(Signer signer) implements Verdict {}

  /// Its signer vouches for everything up to it: what is older needs no look.
  record Sealed(Signer signer) implements Verdict {}

  /// It may not be used.
  ///
  /// @param message which commit, what was found, what to do
  record Denied(Why why, String message) implements Verdict {}

  /// What kind of trouble it is.
  enum Why {
    UNSIGNED,
    WRONG_SIGNATURE,
    UNKNOWN_KEY,
    UNUSABLE_KEY,
    NOT_FOR_PATH
  }
}
