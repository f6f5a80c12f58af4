// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;

/// How two commits are related.
enum Lineage {
  SAME,
  /// Ours is an ancestor of theirs.
  THEIRS_AHEAD,
  /// Theirs is an ancestor of ours.
  OURS_AHEAD,
  /// Each has commits that the other has not.
  DIVERGED;

  static Lineage of(Repository repository, ObjectId ours, ObjectId theirs) throws IOException {
    if (ours.equals(theirs)) {
      return SAME;
    }
    return isAncestor(repository, ours, theirs)
        ? THEIRS_AHEAD
        : isAncestor(repository, theirs, ours) ? OURS_AHEAD : DIVERGED;
  }

  static boolean isAncestor(Repository repository, ObjectId old, ObjectId young)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.isMergedInto(walk.parseCommit(old), walk.parseCommit(young));
    }
  }

  /// The newest commit that both have; empty when their histories have nothing in common.
  static Optional<ObjectId> base(Repository repository, ObjectId ours, ObjectId theirs)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setRevFilter(RevFilter.MERGE_BASE);
      walk.markStart(walk.parseCommit(ours));
      walk.markStart(walk.parseCommit(theirs));
      return Optional.ofNullable(walk.next()).map(ObjectId::copy);
    }
  }

  /// How many commits `young` has that `old` has not.
  static int count(Repository repository, Optional<ObjectId> old, ObjectId young)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      walk.markStart(walk.parseCommit(young));
      if (old.isPresent()) {
        walk.markUninteresting(walk.parseCommit(old.get()));
      }
      int count = 0;
      for (@SuppressWarnings("unused") RevCommit commit : walk) {
        count++;
      }
      return count;
    }
  }
}
