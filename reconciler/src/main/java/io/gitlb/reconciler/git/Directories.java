// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;

/// The directories of a tree.
final class Directories {

  private Directories() {}

  /// Those right below a path, by name; empty when there is no such directory.
  static SortedSet<String> below(ObjectReader reader, ObjectId tree, String path)
      throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try (TreeWalk found = TreeWalk.forPath(reader, path, tree)) {
      if (found != null && found.getFileMode().equals(FileMode.TREE)) {
        try (TreeWalk entries = new TreeWalk(reader)) {
          entries.addTree(new CanonicalTreeParser(null, reader, found.getObjectId(0)));
          while (entries.next()) {
            boolean counts = !entries.getNameString().startsWith(".");
            if (counts && entries.getFileMode().equals(FileMode.TREE)) {
              names.add(entries.getNameString());
            }
          }
        }
      }
    }
    return names;
  }
}
