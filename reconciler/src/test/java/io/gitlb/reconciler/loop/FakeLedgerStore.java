// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.CommitMessage;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A local and a remote ledger branch in memory.
final class FakeLedgerStore implements LedgerStore {

  private static final Failure AWAY = new Failure("GLB2002", "the ledger's remote is away");
  private static final Failure FULL = new Failure("GLB2003", "the disk is full");

  private final Consumer<String> trace;
  private SortedMap<IpAddress, AllocationRecord> local = new TreeMap<>();
  private SortedMap<IpAddress, AllocationRecord> remote = new TreeMap<>();

  /// path → text; the remote's are not kept apart
  private final SortedMap<String, String> files = new TreeMap<>();

  private Optional<String> clusterUid = Optional.empty();
  private int localCommits;
  private int pushedCommits;
  private long epoch;
  private long begun;
  private boolean foreignPush;
  private boolean away;
  private boolean diskFull;

  FakeLedgerStore(Consumer<String> trace) {
    this.trace = trace;
  }

  void remote(Availability availability) {
    away = availability == Availability.AWAY;
  }

  void disk(Availability availability) {
    diskFull = availability == Availability.AWAY;
  }

  /// Somebody else pushes a record to the remote.
  void foreignRecord(AllocationRecord record) {
    remote.put(record.address(), record);
    foreignPush = true;
  }

  void clusterUid(String uid) {
    clusterUid = Optional.of(uid);
  }

  Ledger local() {
    return new Ledger(
        clusterUid,
        SnapshotMap.copyOf(local),
        Collections.emptySortedSet(),
        SnapshotMap.copyOf(files));
  }

  Ledger remote() {
    return new Ledger(clusterUid, remote);
  }

  int commits() {
    return localCommits;
  }

  @Override
  public Load load() {
    trace.accept("load");
    Remote reached = away ? new Remote.Away(AWAY) : new Remote.Reached();
    return new Load.Loaded(
        local(), FakeDefinitionSource.id(localCommits), Math.max(epoch, begun), List.of(), reached);
  }

  @Override
  public Commit commit(LedgerBatch batch, CommitNote note) {
    List<LedgerEdit> edits = batch.edits();
    if (diskFull) {
      trace.accept("commit failed");
      return new Commit.Failed(FULL);
    }
    Set<IpAddress> touched = new HashSet<>();
    if (edits.size() > 100) {
      throw new AssertionError(edits.size() + " edits in a commit");
    }
    for (LedgerEdit edit : edits) {
      if (!touched.add(edit.address())) {
        throw new AssertionError("two edits of " + edit.address());
      }
      switch (edit) {
        case LedgerEdit.Put put -> local.put(put.address(), put.record());
        case LedgerEdit.Delete delete -> local.remove(delete.address());
      }
    }
    for (LedgerBatch.FileEdit file : batch.files()) {
      if (file.text().isPresent()) {
        files.put(file.path(), file.text().get());
      } else {
        files.remove(file.path());
      }
    }
    String message = CommitMessage.write(batch, note.configCommit(), "op", note.epoch());
    trace.accept("commit " + message.lines().findFirst().orElseThrow());
    clusterUid = Optional.of(note.clusterUid());
    epoch = Math.max(epoch, note.epoch());
    localCommits++;
    return new Commit.Committed(FakeDefinitionSource.id(localCommits));
  }

  @Override
  public boolean holds(String commit) {
    return java.util.stream.IntStream.rangeClosed(0, localCommits)
        .mapToObj(FakeDefinitionSource::id)
        .anyMatch(commit::equals);
  }

  @Override
  public Optional<Failure> begin(long epoch) {
    begun = epoch;
    return Optional.empty();
  }

  @Override
  public Push look() {
    return push();
  }

  @Override
  public Push push() {
    if (away) {
      trace.accept("push failed");
      return new Push.Failed(AWAY);
    }
    if (foreignPush) {
      List<AllocationRecord> lost = new ArrayList<>();
      for (AllocationRecord record : local.values()) {
        if (!record.equals(remote.get(record.address()))) {
          lost.add(record);
        }
      }
      foreignPush = false;
      local = new TreeMap<>(remote);
      localCommits++;
      pushedCommits = localCommits;
      trace.accept("push rejected");
      return new Push.Rejected(new Displaced(lost, List.of()), List.of());
    }
    int commits = localCommits - pushedCommits;
    remote = new TreeMap<>(local);
    pushedCommits = localCommits;
    if (commits > 0) {
      trace.accept("push " + commits);
    }
    return new Push.Pushed(commits);
  }
}
