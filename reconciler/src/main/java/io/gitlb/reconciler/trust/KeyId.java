// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

/// A key that signs commits, by its fingerprint.
///
/// @param fingerprint as `ssh-keygen -l` prints it (`SHA256:…`), or the primary key's as `gpg
///   --fingerprint` does, without spaces, in upper case
public record KeyId(Kind kind, String fingerprint) implements Comparable<KeyId> {

  /// Which program's key it is.
  public enum Kind {
    SSH,
    GPG
  }

  /// For people.
  @Override
  public String toString() {
    return kind + " key " + fingerprint;
  }

  @Override
  public int compareTo(KeyId other) {
    int kinds = kind.compareTo(other.kind);
    return kinds != 0 ? kinds : fingerprint.compareTo(other.fingerprint);
  }
}
