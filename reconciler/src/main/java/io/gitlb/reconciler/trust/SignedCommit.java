// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A commit as the policy sees it.
///
/// @param id 40 hexadecimal digits
/// @param date the committer's
/// @param paths the files that it has otherwise than its first parent
/// @param seal the value of the trailer `Gitlb-Seal`
public record SignedCommit(
    String id,
    Instant date,
    SortedSet<String> paths,
    Optional<String> seal,
    SignatureCheck signature) {

  public SignedCommit {
    paths = new TreeSet<>(paths);
  }
}
