// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.git.CommitWriter.Emptiness;
import io.gitlb.reconciler.ledger.ClusterFile;
import io.gitlb.reconciler.ledger.CommitMessage;
import io.gitlb.reconciler.ledger.CommitTrailers;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerBatch.Event;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Boundaries.Step;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore;
import io.gitlb.schema.value.ClusterName;
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
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/// The ledger branch, worked on in `ledger.git` under the state directory.
///
/// The local branch is the truth while the remote is away; what the remote has not got yet is
/// pushed by compare-and-swap, never by force. When both have moved on, the remote wins: our
/// commits are kept under `refs/gitlb/superseded/`, their records are reported, and nothing is
/// committed until the caller has loaded again.
public final class GitLedgerStore implements LedgerStore, AutoCloseable {

  /// How far back an epoch is looked for. Every commit of ours names one; only foreign ones do not.
  private static final int EPOCH_COMMITS = 100;

  private final GitRemote remote;
  private final BotIdentity bot;
  private final Path directory;
  private final Mirror mirror;
  private final RemoteAccess access;
  private final LedgerSync sync;
  private final Boundaries boundaries;

  /// One conversation with the remote at a time.
  private final ReentrantLock talking = new ReentrantLock();

  /// One change of the local branch at a time; never held while the remote is asked.
  private final ReentrantLock moving = new ReentrantLock();

  /// Where the caller's knowledge ends: the head that was loaded or committed last.
  private Optional<Known> known = Optional.empty();

  /// Whether nobody knows what is on disk of what is there: after a start, and when a commit has
  /// failed.
  private boolean unsynced = true;

  /// @param remote where the branch is pushed to, see [#branch]
  /// @param stateDirectory where `ledger.git` is or will be
  public GitLedgerStore(GitRemote remote, BotIdentity bot, Path stateDirectory) {
    this(remote, bot, stateDirectory, Boundaries.NONE);
  }

  /// @param boundaries is told after each step
  public GitLedgerStore(
      GitRemote remote, BotIdentity bot, Path stateDirectory, Boundaries boundaries) {
    this.boundaries = boundaries;
    this.remote = remote;
    this.bot = bot;
    this.directory = stateDirectory.resolve("ledger.git");
    this.mirror = new Mirror(directory, remote.ref());
    this.access = new RemoteAccess(remote);
    this.sync = new LedgerSync(remote, access, bot, boundaries);
  }

  /// The name of a cluster's ledger branch.
  public static String branch(ClusterName cluster) {
    return "allocations/" + cluster;
  }

  /// @param head empty while the branch is new
  private record Known(Optional<ObjectId> head) {}

  @Override
  public Load load() {
    talking.lock();
    try {
      return loadOrMakeAnew();
    } catch (Exception e) {
      return new Load.Unreadable(access.failure(e));
    } finally {
      talking.unlock();
    }
  }

  private Load loadOrMakeAnew() throws Exception {
    try {
      return loadOnce(List.of());
    } catch (Exception e) {
      if (!Faults.isDamage(e)) {
        throw e;
      }
      mirror.setAside();
      Failure notice =
          GitFailure.MIRROR_DAMAGED.with(
              "%s was damaged (%s) and is made anew from %s. What had not been pushed is lost with it; the damaged copy is kept beside it as .damaged"
                  .formatted(directory, e.getMessage(), access.url()));
      return loadOnce(List.of(notice));
    }
  }

  private Load loadOnce(List<Failure> before) throws Exception {
    Repository repository = mirror.repository();
    LedgerSync.Arrival arrival = sync.fetch(repository);
    moving.lock();
    try {
      Optional<ObjectId> ours = LocalRef.read(repository, remote.ref());
      Displaced lost = sync.bringForward(repository, arrival);
      Optional<ObjectId> head = LocalRef.read(repository, remote.ref());
      if (head.isEmpty() && arrival.remote() instanceof Remote.Away(Failure failure)) {
        return new Load.Unreadable(
            GitFailure.LEDGER_UNKNOWN.with(
                "%s; and there is no local copy of branch %s, so nobody knows which addresses are taken"
                    .formatted(failure, remote.branch())));
      }
      if (unsynced) {
        LocalRef.sync(repository, remote.ref());
        unsynced = false;
      }
      History history = history(repository, ours, head);
      List<Failure> notices = new ArrayList<>(before);
      arrival.rewritten().ifPresent(notices::add);
      notices.addAll(sync.takeNotices());
      if (history == History.BROKEN && notices.isEmpty()) {
        notices.add(
            GitFailure.MIRROR_DAMAGED.with(
                "%s was removed or changed while it was in use and is made anew from %s"
                    .formatted(directory, access.url())));
      }
      Load.Loaded loaded =
          read(repository, head, new Circumstances(arrival.remote(), lost, notices, history));
      known = Optional.of(new Known(head));
      return loaded;
    } finally {
      moving.unlock();
    }
  }

  /// What is known of a ledger beside what is in it.
  private record Circumstances(
      Remote remote, Displaced lost, List<Failure> notices, History history) {}

  /// @param ours where the local branch was before it was brought forward
  private History history(Repository repository, Optional<ObjectId> ours, Optional<ObjectId> head)
      throws IOException {
    Optional<ObjectId> before = known.flatMap(Known::head);
    boolean continued =
        before.isEmpty()
            || before.equals(ours)
            || (head.isPresent()
                && repository.getObjectDatabase().has(before.get())
                && Lineage.isAncestor(repository, before.get(), head.get()));
    return continued ? History.CONTINUED : History.BROKEN;
  }

  private static Load.Loaded read(
      Repository repository, Optional<ObjectId> head, Circumstances found) throws IOException {
    if (head.isEmpty()) {
      return new Load.Loaded(
          io.gitlb.reconciler.ledger.Ledger.EMPTY,
          ObjectId.zeroId().name(),
          EpochFile.read(repository.getDirectory().toPath()),
          List.of(),
          found.remote(),
          found.lost(),
          found.notices(),
          found.history());
    }
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      RevCommit commit = walk.parseCommit(head.get());
      LedgerTree.Content content = LedgerTree.read(reader, commit.getTree());
      return new Load.Loaded(
          content.ledger(),
          commit.getName(),
          Math.max(highestEpoch(walk, commit), EpochFile.read(repository.getDirectory().toPath())),
          content.problems(),
          found.remote(),
          found.lost(),
          found.notices(),
          found.history());
    }
  }

  private static long highestEpoch(RevWalk walk, RevCommit head) throws IOException {
    long highest = 0;
    RevCommit commit = head;
    for (int seen = 0; seen < EPOCH_COMMITS; seen++) {
      walk.parseBody(commit);
      highest = Math.max(highest, CommitTrailers.parse(commit.getFullMessage()).epoch().orElse(0));
      if (commit.getParentCount() == 0) {
        break;
      }
      commit = walk.parseCommit(commit.getParent(0));
    }
    return highest;
  }

  @Override
  public Commit commit(LedgerBatch batch, CommitNote note) {
    moving.lock();
    try {
      if (known.isEmpty()) {
        return moved("it has not been loaded yet");
      }
      return commit(mirror.repository(), known.get().head(), batch, note);
    } catch (IOException | GitProblemException | RuntimeException e) {
      unsynced = true;
      return new Commit.Failed(access.failure(e));
    } finally {
      moving.unlock();
    }
  }

  private Commit commit(
      Repository repository, Optional<ObjectId> parent, LedgerBatch batch, CommitNote note)
      throws IOException, GitProblemException {
    if (!LocalRef.read(repository, remote.ref()).equals(parent)) {
      return moved("the local branch is not where it was loaded");
    }
    String message =
        CommitMessage.write(batch, note.configCommit(), UUID.randomUUID().toString(), note.epoch());
    ObjectId commit =
        new CommitWriter(repository, bot, boundaries)
            .write(
                parent,
                files(repository, parent, batch, note),
                message,
                note.now(),
                batch.remark().isPresent() ? Emptiness.WRITTEN : Emptiness.SKIPPED);
    if (LocalRef.move(repository, remote.ref(), parent, commit) == LocalRef.Move.LOST) {
      return moved("the local branch was moved meanwhile");
    }
    boundaries.reached(Step.REF);
    known = Optional.of(new Known(Optional.of(commit)));
    return new Commit.Committed(commit.name());
  }

  private Commit.Failed moved(String found) {
    return new Commit.Failed(
        GitFailure.LEDGER_MOVED.with(
            "%s: branch %s: %s. Load it and plan again"
                .formatted(directory, remote.branch(), found)));
  }

  /// path → what the file shall hold; empty removes it
  private static SortedMap<String, Optional<byte[]>> files(
      Repository repository, Optional<ObjectId> parent, LedgerBatch batch, CommitNote note)
      throws IOException {
    SortedMap<String, Optional<byte[]>> files = new TreeMap<>();
    for (LedgerEdit edit : batch.edits()) {
      files.put(
          RecordPath.of(edit.address()),
          switch (edit) {
            case LedgerEdit.Put put -> Optional.of(bytes(RecordText.write(put.record())));
            case LedgerEdit.Delete _ -> Optional.empty();
          });
    }
    for (FileEdit file : batch.files()) {
      files.put(file.path(), file.text().map(GitLedgerStore::bytes));
    }
    if (!hasClusterFile(repository, parent) || isTakeOver(batch)) {
      files.put(ClusterFile.PATH, Optional.of(bytes(ClusterFile.write(note.clusterUid()))));
    }
    return files;
  }

  private static boolean isTakeOver(LedgerBatch batch) {
    return batch.remark().filter(remark -> remark.event() == Event.TAKEN_OVER).isPresent();
  }

  private static boolean hasClusterFile(Repository repository, Optional<ObjectId> commit)
      throws IOException {
    if (commit.isEmpty()) {
      return false;
    }
    try (RevWalk walk = new RevWalk(repository);
        TreeWalk found =
            TreeWalk.forPath(
                repository, ClusterFile.PATH, walk.parseCommit(commit.get()).getTree())) {
      return found != null;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean holds(String commit) {
    try {
      Repository repository = mirror.repository();
      Optional<ObjectId> head = LocalRef.read(repository, remote.ref());
      return head.isPresent()
          && ObjectId.isId(commit)
          && repository.getObjectDatabase().has(ObjectId.fromString(commit))
          && Lineage.isAncestor(repository, ObjectId.fromString(commit), head.get());
    } catch (IOException | GitProblemException e) {
      return false;
    }
  }

  @Override
  public Optional<Failure> begin(long epoch) {
    try {
      var _ = mirror.repository();
      EpochFile.write(directory, epoch);
      return Optional.empty();
    } catch (IOException | GitProblemException e) {
      return Optional.of(access.failure(e));
    }
  }

  @Override
  public Push push() {
    return talk(() -> sync.push(mirror.repository(), moving));
  }

  @Override
  public Push look() {
    return talk(() -> sync.look(mirror.repository(), moving));
  }

  private interface Talk {
    Push with() throws Exception;
  }

  private Push talk(Talk talk) {
    talking.lock();
    try {
      Push answer = talk.with();
      if (answer instanceof Push.Rejected) {
        forget();
      }
      return answer;
    } catch (Exception e) {
      Failure failure = access.failure(e);
      return Faults.isDamage(e) ? new Push.Damaged(failure) : new Push.Failed(failure);
    } finally {
      talking.unlock();
    }
  }

  /// The local branch is not what the caller knows.
  private void forget() {
    moving.lock();
    try {
      known = Optional.empty();
    } finally {
      moving.unlock();
    }
  }

  /// Packs the local copy, beside commits and statuses; pushes wait.
  ///
  /// @return why it did not work; the local copy is as good as before then
  public Optional<Failure> pack(PackNeed need) {
    talking.lock();
    try {
      var _ = new Packing(mirror.repository(), moving).run(need);
      return Optional.empty();
    } catch (IOException | GitProblemException | RuntimeException e) {
      return Optional.of(access.failure(e));
    } finally {
      talking.unlock();
    }
  }

  @Override
  public void close() {
    access.close();
    mirror.close();
  }
}
