// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseEdit;
import io.gitlb.reconciler.lease.LeaseMessage;
import io.gitlb.reconciler.lease.LeaseRule;
import io.gitlb.reconciler.lease.LeaseText;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LeaseStore;
import io.gitlb.schema.value.SnapshotMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.Transport;

/// The branch `leases` of the ledger's repository, worked on in `leases.git` under the state
/// directory. A change counts when the remote has taken it: a push moves the branch only from where
/// the change was thought out (compare-and-swap), and what another cluster pushed first is read and
/// thought about again.
public final class LeaseBranch implements LeaseStore, AutoCloseable {

  /// The name of the branch.
  public static final String BRANCH = "leases";

  /// Several clusters write; more collisions on end than this are left to the next call.
  private static final int ATTEMPTS = 8;

  /// Names the commit with which blocks are being given back, from before its push until it is
  /// known what became of it: a process that starts in between must not take them for its own.
  private static final String RETURNING = "refs/gitlb/returning";

  private final GitRemote remote;
  private final BotIdentity bot;
  private final Mirror mirror;
  private final RemoteAccess access;
  private final RemoteBranch branch;
  private final ReentrantLock talking = new ReentrantLock();

  /// As of the last call.
  private LeaseTree tree = LeaseTree.NONE;

  /// @param remote the ledger's repository with the branch [#BRANCH]
  /// @param stateDirectory where `leases.git` is or will be
  public LeaseBranch(GitRemote remote, BotIdentity bot, Path stateDirectory) {
    this.remote = remote;
    this.bot = bot;
    this.mirror = new Mirror(stateDirectory.resolve("leases.git"), remote.ref());
    this.access = new RemoteAccess(remote);
    this.branch = new RemoteBranch(remote.ref(), "refs/remotes/origin/" + remote.branch());
  }

  @Override
  public Answer known() {
    talking.lock();
    try {
      Repository repository = mirror.repository();
      Optional<ObjectId> last = branch.known(repository);
      if (last.isEmpty()) {
        return new Answer.Failed(
            GitFailure.LEDGER_UNKNOWN.with(
                "%s: branch %s has not been read yet".formatted(access.url(), remote.branch())));
      }
      LeaseTree now = LeaseTree.NONE.at(repository, last);
      Optional<ObjectId> returning = LocalRef.read(repository, RETURNING);
      SnapshotMap<Block, Lease> table = now.table();
      if (returning.isPresent()) {
        SnapshotMap<Block, Lease> left = LeaseTree.NONE.at(repository, returning).table();
        for (Block block : now.table().keySet()) {
          table = left.containsKey(block) ? table : table.without(block);
        }
      }
      tree = now;
      return new Answer.Synced(table, 0, notices(now));
    } catch (Exception e) {
      return new Answer.Failed(access.failure(e));
    } finally {
      talking.unlock();
    }
  }

  @Override
  public Answer sync(LeaseRule rule, Note note) {
    talking.lock();
    try {
      return syncOrMakeAnew(rule, note);
    } catch (Exception e) {
      return new Answer.Failed(access.failure(e));
    } finally {
      talking.unlock();
    }
  }

  /// The remote has all that counts, so a damaged copy is no loss.
  private Answer syncOrMakeAnew(LeaseRule rule, Note note) throws Exception {
    try {
      return sync(mirror.repository(), rule, note);
    } catch (Exception e) {
      if (!Faults.isDamage(e)) {
        throw e;
      }
      mirror.setAside();
      tree = LeaseTree.NONE;
      return sync(mirror.repository(), rule, note);
    }
  }

  private Answer sync(Repository repository, LeaseRule rule, Note note) throws Exception {
    String last = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<Failure> rewritten = fetch(repository);
      LocalRef.delete(repository, RETURNING);
      List<LeaseEdit> edits = rule.edits(tree.table());
      if (edits.isEmpty()) {
        return synced(0, rewritten);
      }
      ObjectId commit = write(repository, edits, note);
      if (edits.stream().anyMatch(LeaseEdit.Return.class::isInstance)) {
        LocalRef.set(repository, RETURNING, commit);
      }
      switch (push(repository, commit)) {
        case PushAnswer.Taken _ -> {
          LocalRef.set(repository, branch.local(), commit);
          tree = tree.at(repository, Optional.of(commit));
          LocalRef.delete(repository, RETURNING);
          return synced(edits.size(), rewritten);
        }
        case PushAnswer.Refused(String found) -> {
          return new Answer.Failed(
              GitFailure.PUSH_REFUSED.with(
                  "%s: the server does not take branch %s (%s). Let the bot's account push there: exempt the branch from that rule"
                      .formatted(access.url(), remote.branch(), found)));
        }
        // What was pushed by a connection that broke is seen when the branch is read again.
        case PushAnswer.LookAgain(String found) -> last = found;
      }
    }
    return new Answer.Failed(
        GitFailure.REMOTE_BUSY.with(
            "%s: branch %s could not be moved just now (%s). It is tried again"
                .formatted(access.url(), remote.branch(), last)));
  }

  /// @return what looked wrong
  private List<Failure> fetch(Repository repository) throws Exception {
    Optional<ObjectId> last = branch.known(repository);
    Optional<ObjectId> head =
        access.converse(
            repository,
            last.isEmpty() ? remote.firstDeadline() : remote.deadline(),
            transport -> branch.update(transport, repository));
    boolean continues =
        last.isEmpty()
            || (head.isPresent() && Lineage.isAncestor(repository, last.get(), head.get()));
    if (head.isEmpty() && last.isPresent()) {
      LocalRef.delete(repository, branch.local());
    }
    tree = tree.at(repository, head);
    return continues
        ? List.of()
        : List.of(
            GitFailure.LEDGER_REWRITTEN.with(
                "%s: branch %s was at %s and is now %s, which does not continue it. Forbid forced pushes and deletion of that branch"
                    .formatted(
                        access.url(),
                        remote.branch(),
                        last.get().name(),
                        head.map(ObjectId::name).orElse("gone"))));
  }

  private Answer synced(int changed, List<Failure> rewritten) {
    List<Failure> notices = new ArrayList<>(rewritten);
    notices.addAll(notices(tree));
    return new Answer.Synced(tree.table(), changed, notices);
  }

  private List<Failure> notices(LeaseTree now) {
    return now.problems().entrySet().stream()
        .map(
            problem ->
                new Failure(
                    "GLB6101",
                    "branch %s: %s is not a lease: %s. Nobody gives its addresses; undo the commit that put it there"
                        .formatted(
                            remote.branch(),
                            Utf8.printable(problem.getKey()),
                            OneLine.of(problem.getValue()))))
        .toList();
  }

  private ObjectId write(Repository repository, List<LeaseEdit> edits, Note note)
      throws IOException, GitProblemException {
    SortedMap<String, Optional<byte[]>> files = new TreeMap<>();
    for (LeaseEdit edit : edits) {
      files.put(
          LeaseText.path(edit.block()),
          switch (edit) {
            case LeaseEdit.Take take -> text(take.lease());
            case LeaseEdit.Reclaim reclaim -> text(reclaim.lease());
            case LeaseEdit.Return _ -> Optional.empty();
          });
    }
    String message = LeaseMessage.write(edits, note.configCommit(), UUID.randomUUID().toString());
    return new CommitWriter(repository, bot, Boundaries.NONE)
        .write(tree.commit(), files, message, note.now(), CommitWriter.Emptiness.SKIPPED);
  }

  private static Optional<byte[]> text(Lease lease) {
    return Optional.of(LeaseText.write(lease).getBytes(StandardCharsets.UTF_8));
  }

  private PushAnswer push(Repository repository, ObjectId commit) throws Exception {
    ObjectId before = tree.commit().orElse(ObjectId.zeroId());
    return access.converse(
        repository, remote.deadline(), transport -> push(transport, repository, before, commit));
  }

  private PushAnswer push(
      Transport transport, Repository repository, ObjectId before, ObjectId commit)
      throws IOException {
    RemoteRefUpdate update =
        new RemoteRefUpdate(repository, null, commit, branch.remote(), false, null, before);
    return PushAnswer.of(
        update, transport.push(NullProgressMonitor.INSTANCE, List.of(update)).getMessages());
  }

  @Override
  public void close() {
    access.close();
    mirror.close();
  }
}
