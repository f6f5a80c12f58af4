// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseText;
import io.gitlb.reconciler.lease.LeaseText.Reading;
import io.gitlb.schema.value.SnapshotMap;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/// The leases of a commit. One follows from another by looking at what differs.
///
/// @param commit empty for a branch that does not exist
/// @param table block → who has it
/// @param problems path → why its file cannot be read
record LeaseTree(
    Optional<ObjectId> commit,
    SnapshotMap<Block, Lease> table,
    SortedMap<String, String> problems) {

  /// No branch.
  static final LeaseTree NONE =
      new LeaseTree(Optional.empty(), SnapshotMap.empty(), new TreeMap<>());

  /// A lease has 300 bytes.
  private static final int MAX_FILE_BYTES = 16 * 1024;

  /// The leases of another commit.
  LeaseTree at(Repository repository, Optional<ObjectId> next) throws IOException {
    if (next.equals(commit)) {
      return this;
    }
    SnapshotMap<Block, Lease> changed = table;
    SortedMap<String, String> wrong = new TreeMap<>(problems);
    try (ObjectReader reader = repository.newObjectReader();
        TreeWalk walk = new TreeWalk(reader)) {
      add(walk, reader, commit);
      add(walk, reader, next);
      walk.setFilter(TreeFilter.ANY_DIFF);
      walk.setRecursive(true);
      while (walk.next()) {
        String path = walk.getPathString();
        Optional<Block> block = LeaseText.block(path);
        wrong.remove(path);
        if (block.isEmpty()) {
          continue;
        }
        boolean isThere = walk.getRawMode(1) != FileMode.MISSING.getBits();
        Reading reading = isThere ? read(reader, walk.getObjectId(1), path) : new Reading.Foreign();
        changed =
            switch (reading) {
              case Reading.Foreign() -> changed.without(block.get());
              case Reading.Read(Lease lease) -> changed.with(block.get(), lease);
              case Reading.Wrong(Block of, String why) -> {
                wrong.put(path, why);
                yield changed.with(of, Lease.unreadable(of));
              }
            };
      }
    }
    return new LeaseTree(next, changed, wrong);
  }

  private static void add(TreeWalk walk, ObjectReader reader, Optional<ObjectId> commit)
      throws IOException {
    if (commit.isPresent()) {
      try (RevWalk commits = new RevWalk(reader)) {
        walk.addTree(commits.parseCommit(commit.get()).getTree());
      }
    } else {
      walk.addTree(new EmptyTreeIterator());
    }
  }

  private static Reading read(ObjectReader reader, ObjectId blob, String path) throws IOException {
    Block block = LeaseText.block(path).orElseThrow();
    if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > MAX_FILE_BYTES) {
      return new Reading.Wrong(block, "larger than %d bytes".formatted(MAX_FILE_BYTES));
    }
    byte[] content = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(MAX_FILE_BYTES);
    return switch (Utf8.decode(content)) {
      case Utf8.Text(String text) -> LeaseText.read(path, text);
      case Utf8.NotText(int _, int _, String found) -> new Reading.Wrong(block, found);
    };
  }
}
