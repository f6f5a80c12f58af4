// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

/// Why a delivery is not believed.
public enum ProofRefusal {
  /// It carries no proof where its sender puts one.
  MISSING,
  /// Its only proof is made with SHA-1, which is broken.
  SHA1,
  /// The proof has not the form that the sender gives it.
  MALFORMED,
  /// The proof was made with another secret, or for another body.
  WRONG,
  /// The proof is right, but it was made too long ago, or in the future.
  OUT_OF_TIME
}
