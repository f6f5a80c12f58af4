// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.ClusterFile;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.loop.LedgerStore.Displaced;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.YamlDocuments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/// Reads the tree of a ledger commit, in one walk.
final class LedgerTree {

  /// A record with hundreds of holders is below it.
  static final int MAX_FILE_BYTES = 256 * 1024;

  /// More than people read; what is left out is the same trouble.
  private static final int MAX_PROBLEMS = 100;

  /// The field of `cluster.yaml`.
  private static final String CLUSTER_UID = "clusterUid";

  private final ObjectReader reader;
  // address → record
  private final SortedMap<IpAddress, AllocationRecord> records = new TreeMap<>();
  // path → text of what is no record
  private final SortedMap<String, String> files = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private Optional<String> clusterUid = Optional.empty();

  private LedgerTree(ObjectReader reader) {
    this.reader = reader;
  }

  /// What was read.
  ///
  /// @param problems sorted by place
  record Content(Ledger ledger, List<Problem> problems) {}

  /// Reads every record.
  static Content read(ObjectReader reader, ObjectId tree) throws IOException {
    LedgerTree ledger = new LedgerTree(reader);
    try (TreeWalk walk = new TreeWalk(reader)) {
      walk.addTree(tree);
      while (walk.next()) {
        if (walk.isSubtree()) {
          walk.enterSubtree();
        } else {
          ledger.readFile(walk.getFileMode(), walk.getPathString(), walk.getObjectId(0));
        }
      }
    }
    return new Content(
        new Ledger(
            ledger.clusterUid,
            SnapshotMap.copyOf(ledger.records),
            Collections.emptySortedSet(),
            SnapshotMap.copyOf(ledger.files)),
        ledger.problems.stream().sorted().toList());
  }

  /// What one tree did to records and another one did not.
  ///
  /// @param base what both grew from; empty when they have nothing in common. Records that `ours`
  ///   has as `base` had them are not ours to lose
  static Displaced onlyIn(
      ObjectReader reader, ObjectId ours, ObjectId theirs, Optional<ObjectId> base)
      throws IOException {
    LedgerTree ledger = new LedgerTree(reader);
    LedgerTree freed = new LedgerTree(reader);
    try (TreeWalk walk = new TreeWalk(reader)) {
      walk.addTree(ours);
      walk.addTree(theirs);
      if (base.isPresent()) {
        walk.addTree(base.get());
      } else {
        walk.addTree(new EmptyTreeIterator());
      }
      walk.setFilter(TreeFilter.ANY_DIFF);
      walk.setRecursive(true);
      while (walk.next()) {
        if (!walk.idEqual(0, 1) && !walk.idEqual(0, 2)) {
          ledger.readFile(walk.getFileMode(0), walk.getPathString(), walk.getObjectId(0));
          if (walk.getFileMode(0).equals(FileMode.MISSING) && walk.idEqual(1, 2)) {
            freed.readFile(walk.getFileMode(1), walk.getPathString(), walk.getObjectId(1));
          }
        }
      }
    }
    return new Displaced(List.copyOf(ledger.records.values()), List.copyOf(freed.records.values()));
  }

  /// One record of a tree; empty when there is no file at the path, or one that is no record.
  static Optional<AllocationRecord> record(ObjectReader reader, ObjectId tree, String path)
      throws IOException {
    LedgerTree ledger = new LedgerTree(reader);
    try (TreeWalk found = TreeWalk.forPath(reader, path, tree)) {
      if (found != null && !found.isSubtree()) {
        ledger.readFile(found.getFileMode(0), path, found.getObjectId(0));
      }
    }
    return ledger.records.values().stream().findFirst();
  }

  private void readFile(FileMode mode, String path, ObjectId blob) throws IOException {
    if (mode.equals(FileMode.MISSING)) {
      return;
    }
    if (!mode.equals(FileMode.REGULAR_FILE)) {
      problem(path, "not a plain file");
      return;
    }
    if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > MAX_FILE_BYTES) {
      problem(path, "larger than %d bytes".formatted(MAX_FILE_BYTES));
      return;
    }
    byte[] content = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(MAX_FILE_BYTES);
    switch (Utf8.decode(content)) {
      case Utf8.Text(String text) -> readText(path, text);
      case Utf8.NotText(int _, int _, String found) -> problem(path, found);
    }
  }

  private void readText(String path, String text) {
    if (path.equals(ClusterFile.PATH)) {
      clusterUid = YamlDocuments.readOne(path, text).flatMap(file -> file.text(CLUSTER_UID));
      if (clusterUid.isEmpty()) {
        problem(path, "it does not say which cluster the ledger belongs to");
      }
      return;
    }
    if (LedgerBatch.DIRECTORIES.stream().anyMatch(path::startsWith)) {
      files.put(path, text);
      return;
    }
    switch (RecordReader.read(path, text)) {
      case RecordReader.Read(AllocationRecord record) -> records.put(record.address(), record);
      case RecordReader.Wrong(String why) -> problem(path, why);
    }
  }

  private void problem(String path, String found) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(
          new Problem(
              SourcePlace.of(Utf8.printable(path)),
              ProblemCode.NOT_A_RECORD,
              OneLine.of(
                  "not a record of the ledger: %s. People need not write to this branch; undo the commit that put it there"
                      .formatted(found))));
    }
  }
}
