// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A key that the policy knows.
///
/// @param names what rules may call it, beside its fingerprint: the principals of an allowed
///   signers file, the mail addresses of a GPG key
/// @param validAfter commits that are dated earlier do not count
/// @param validBefore commits that are dated later do not count
public record Signer(
    KeyId key,
    SortedSet<String> names,
    Optional<Instant> validAfter,
    Optional<Instant> validBefore) {

  public Signer {
    names = new TreeSet<>(names);
  }

  /// Whether a rule that says so means this key.
  ///
  /// @param pattern a name, a fingerprint, or a name with `*` in it
  boolean isCalled(String pattern) {
    return pattern.equals(key.fingerprint())
        || names.contains(pattern)
        || (pattern.contains("*")
            && names.stream().anyMatch(Globs.name(pattern).asMatchPredicate()));
  }

  /// Why the key does not count for a commit of that date; empty when it does. The date is the
  /// committer's word: against a key that was stolen helps only to revoke it.
  Optional<String> unusableAt(Instant date) {
    if (validAfter.filter(date::isBefore).isPresent()) {
      return Optional.of("is valid from " + validAfter.get() + ", the commit is of " + date);
    }
    return validBefore
        .filter(date::isAfter)
        .map(end -> "expired at " + end + ", the commit is of " + date);
  }

  /// For people.
  @Override
  public String toString() {
    return names.isEmpty() ? key.toString() : key + " (" + String.join(", ", names) + ")";
  }
}
