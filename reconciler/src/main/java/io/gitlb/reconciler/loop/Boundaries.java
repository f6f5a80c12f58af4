// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

/// Is told after each step of an allocation's way from a blob to a Service status. In service it
/// does nothing; a test that ends the process at the n-th of a step shows that none may be the last
/// one.
///
/// Called by whatever thread does the step.
@FunctionalInterface
public interface Boundaries {

  /// Nobody wants to know.
  Boundaries NONE = _ -> {};

  /// A step is done.
  void reached(Step step);

  /// The steps, in the order of one allocation. A commit of several files has several blobs and
  /// trees; their order among each other is open.
  enum Step {
    /// The text of a record was handed to the object store; on disk or not.
    BLOB,
    /// Likewise the list of a directory.
    TREE,
    /// The commit object and all that it needs are on disk; no ref names it.
    COMMIT,
    /// The local branch names the commit, durably.
    REF,
    /// The remote has the branch; the local copy does not know that yet.
    PUSH,
    /// Statuses that waited for one commit are written; the loop does not know that yet.
    STATUS
  }
}
