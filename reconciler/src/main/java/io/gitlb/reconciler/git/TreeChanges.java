// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/// Which files differ.
final class TreeChanges {

  private TreeChanges() {}

  /// The paths of files that a commit has otherwise than its first parent; all when it has none.
  static SortedSet<String> of(ObjectReader reader, RevCommit commit) throws IOException {
    if (commit.getParentCount() == 0) {
      return between(reader, List.of(), commit.getTree());
    }
    try (RevWalk walk = new RevWalk(reader)) {
      RevTree before = walk.parseCommit(commit.getParent(0)).getTree();
      return between(reader, List.of(before), commit.getTree());
    }
  }

  /// The paths of files that two trees have otherwise.
  static SortedSet<String> between(ObjectReader reader, RevTree old, RevTree young)
      throws IOException {
    return between(reader, List.of(old), young);
  }

  private static SortedSet<String> between(ObjectReader reader, List<RevTree> old, RevTree young)
      throws IOException {
    SortedSet<String> paths = new TreeSet<>();
    try (TreeWalk walk = new TreeWalk(reader)) {
      if (old.isEmpty()) {
        walk.addTree(new EmptyTreeIterator());
      } else {
        walk.addTree(old.getFirst());
      }
      walk.addTree(young);
      walk.setFilter(TreeFilter.ANY_DIFF);
      walk.setRecursive(true);
      while (walk.next()) {
        paths.add(walk.getPathString());
      }
    }
    return paths;
  }
}
