// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Boundaries.Step;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore.Displaced;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.reconciler.loop.LedgerStore.Remote;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.Transport;

/// Keeps the local ledger branch and the remote's together.
final class LedgerSync {

  /// A branch that moves each time we look is somebody else's turn for a while.
  private static final int PUSH_ATTEMPTS = 3;

  /// Characters of a commit id that name a superseded head.
  private static final int SHORT_ID = 12;

  private final GitRemote remote;
  private final RemoteAccess access;
  private final RemoteBranch branch;
  private final BotIdentity bot;
  private final Boundaries boundaries;

  /// What there is to tell since it was asked last.
  private final List<Failure> notices = new ArrayList<>();

  LedgerSync(GitRemote remote, RemoteAccess access, BotIdentity bot, Boundaries boundaries) {
    this.remote = remote;
    this.access = access;
    this.bot = bot;
    this.boundaries = boundaries;
    this.branch = new RemoteBranch(remote.ref(), "refs/remotes/origin/" + remote.branch());
  }

  /// What asking the remote gave.
  ///
  /// @param head where its branch is; empty when it was not reached or has none
  /// @param rewritten the branch is not a continuation of what was seen there last
  record Arrival(Remote remote, Optional<ObjectId> head, Optional<Failure> rewritten) {}

  /// Asks the remote and fetches what is new there.
  ///
  /// @throws Exception only when the local copy is to blame
  Arrival fetch(Repository repository) throws Exception {
    Optional<ObjectId> last = branch.known(repository);
    try {
      Optional<ObjectId> head =
          access.converse(
              repository, limit(last), transport -> branch.update(transport, repository));
      Optional<Failure> rewritten = rewritten(repository, last, head);
      if (head.isEmpty() && last.isPresent()) {
        LocalRef.delete(repository, branch.local());
      }
      return new Arrival(new Remote.Reached(), head, rewritten);
    } catch (Exception e) {
      if (Faults.isDamage(e)) {
        throw e;
      }
      return new Arrival(new Remote.Away(access.failure(e)), Optional.empty(), Optional.empty());
    }
  }

  private Duration limit(Optional<ObjectId> last) {
    return last.isEmpty() ? remote.firstDeadline() : remote.deadline();
  }

  private Optional<Failure> rewritten(
      Repository repository, Optional<ObjectId> last, Optional<ObjectId> head) throws IOException {
    if (last.isEmpty()
        || (head.isPresent() && Lineage.isAncestor(repository, last.get(), head.get()))) {
      return Optional.empty();
    }
    return Optional.of(
        GitFailure.LEDGER_REWRITTEN.with(
            "%s: branch %s was at %s and is now %s, which does not continue it. Forbid forced pushes and deletion of that branch"
                .formatted(
                    access.url(),
                    remote.branch(),
                    last.get().name(),
                    head.map(ObjectId::name).orElse("gone"))));
  }

  /// What was said of foreign commits since the last call.
  List<Failure> takeNotices() {
    List<Failure> taken = List.copyOf(notices);
    notices.clear();
    return taken;
  }

  /// The remote's head, or a commit on top of it that undoes what others did there.
  private ObjectId clean(Repository repository, ObjectId head)
      throws IOException, GitProblemException {
    ForeignCommits.Cleaned cleaned = new ForeignCommits(repository, bot, boundaries).clean(head);
    notices.addAll(cleaned.notices());
    return cleaned.head();
  }

  /// Moves the local branch to the remote's head where that has something new, after undoing what
  /// others committed there.
  ///
  /// @return what local commits had done that had to give way
  Displaced bringForward(Repository repository, Arrival arrival)
      throws IOException, GitProblemException {
    if (arrival.head().isEmpty()) {
      return Displaced.NOTHING;
    }
    Optional<ObjectId> ours = LocalRef.read(repository, remote.ref());
    if (ours.isEmpty()) {
      moveLocal(repository, ours, clean(repository, arrival.head().get()));
      return Displaced.NOTHING;
    }
    return switch (Lineage.of(repository, ours.get(), arrival.head().get())) {
      case SAME, OURS_AHEAD -> Displaced.NOTHING;
      case THEIRS_AHEAD -> {
        moveLocal(repository, ours, clean(repository, arrival.head().get()));
        yield Displaced.NOTHING;
      }
      case DIVERGED -> giveWay(repository, ours.get(), clean(repository, arrival.head().get()));
    };
  }

  private Displaced giveWay(Repository repository, ObjectId ours, ObjectId theirs)
      throws IOException, GitProblemException {
    Displaced lost = onlyIn(repository, ours, theirs);
    String kept = "refs/gitlb/superseded/" + ours.name().substring(0, SHORT_ID);
    LocalRef.set(repository, kept, ours);
    moveLocal(repository, Optional.of(ours), theirs);
    return lost;
  }

  private static Displaced onlyIn(Repository repository, ObjectId ours, ObjectId theirs)
      throws IOException {
    Optional<ObjectId> base = Lineage.base(repository, ours, theirs);
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      Optional<ObjectId> baseTree =
          base.isPresent() ? Optional.of(walk.parseCommit(base.get()).getTree()) : Optional.empty();
      return LedgerTree.onlyIn(
          reader, walk.parseCommit(ours).getTree(), walk.parseCommit(theirs).getTree(), baseTree);
    }
  }

  private void moveLocal(Repository repository, Optional<ObjectId> from, ObjectId to)
      throws IOException, GitProblemException {
    if (LocalRef.move(repository, remote.ref(), from, to) == LocalRef.Move.LOST) {
      throw new GitProblemException(
          GitFailure.LEDGER_MOVED,
          "%s: the local branch %s is being moved by somebody else"
              .formatted(repository.getDirectory(), remote.branch()));
    }
  }

  /// Pushes what the remote is not known to have.
  ///
  /// @param moving held while the local branch is moved
  Push push(Repository repository, Lock moving) throws Exception {
    Optional<ObjectId> ours = LocalRef.read(repository, remote.ref());
    Optional<ObjectId> theirs = branch.known(repository);
    return ours.isEmpty() || theirs.equals(ours)
        ? new Push.Pushed(0)
        : new Talk(repository, moving, ours.get()).push(theirs);
  }

  /// Asks where the remote's branch is, and pushes when it lacks something.
  ///
  /// @param moving likewise
  Push look(Repository repository, Lock moving) throws Exception {
    Optional<ObjectId> ours = LocalRef.read(repository, remote.ref());
    return ours.isEmpty() ? new Push.Pushed(0) : new Talk(repository, moving, ours.get()).look();
  }

  /// One attempt to bring the remote to a commit of ours.
  private final class Talk {

    private final Repository repository;
    private final Lock moving;
    private final ObjectId ours;
    private final List<Failure> notices = new ArrayList<>();

    /// What the remote said last, when it did not take a push.
    private String found = "";

    Talk(Repository repository, Lock moving, ObjectId ours) {
      this.repository = repository;
      this.moving = moving;
      this.ours = ours;
    }

    Push look() throws Exception {
      Arrival arrival = arrive();
      if (arrival.remote() instanceof Remote.Away(Failure failure)) {
        return new Push.Failed(failure);
      }
      Optional<Push> settled = settle(arrival.head(), arrival);
      return settled.isPresent() ? settled.get() : push(arrival.head());
    }

    /// Pushes until the remote has our head or has something else that we did not know.
    Push push(Optional<ObjectId> known) throws Exception {
      Optional<ObjectId> theirs = known;
      for (int attempt = 0; attempt < PUSH_ATTEMPTS; attempt++) {
        Optional<Push> answer = tryOnce(theirs);
        if (answer.isPresent()) {
          return answer.get();
        }
        // The outcome is open: what counts is where the branch is now.
        Arrival arrival = arrive();
        if (arrival.remote() instanceof Remote.Away(Failure failure)) {
          return new Push.Failed(failure);
        }
        Optional<Push> settled = settle(theirs, arrival);
        if (settled.isPresent()) {
          return settled.get();
        }
        theirs = arrival.head();
      }
      return new Push.Failed(
          GitFailure.REMOTE_BUSY.with(
              "%s: branch %s could not be moved just now (%s). It is tried again"
                  .formatted(access.url(), remote.branch(), found)));
    }

    private Arrival arrive() throws Exception {
      Arrival arrival = fetch(repository);
      arrival.rewritten().ifPresent(notices::add);
      return arrival;
    }

    /// @return empty when the remote has to be looked at to know what has become of the push
    private Optional<Push> tryOnce(Optional<ObjectId> theirs) throws Exception {
      return switch (pushOnce(repository, theirs, ours)) {
        case PushAnswer.Taken _ -> {
          boundaries.reached(Step.PUSH);
          yield Optional.of(pushed(theirs));
        }
        case PushAnswer.Refused(String why) ->
            Optional.of(
                new Push.Failed(
                    GitFailure.PUSH_REFUSED.with(
                        "%s: the server does not take branch %s (%s). Let the bot's account push there: exempt the branch from that rule"
                            .formatted(access.url(), remote.branch(), why))));
        case PushAnswer.LookAgain(String why) -> {
          found = why;
          yield Optional.empty();
        }
      };
    }

    /// What it means that the remote is at a certain place; empty: push from there.
    private Optional<Push> settle(Optional<ObjectId> before, Arrival arrival) throws Exception {
      if (arrival.head().isEmpty()) {
        return Optional.empty();
      }
      return switch (Lineage.of(repository, ours, arrival.head().get())) {
        case SAME -> Optional.of(pushed(before));
        case OURS_AHEAD -> Optional.empty();
        case THEIRS_AHEAD, DIVERGED -> {
          moving.lock();
          try {
            Displaced lost = bringForward(repository, arrival);
            notices.addAll(takeNotices());
            yield Optional.of(new Push.Rejected(lost, notices));
          } finally {
            moving.unlock();
          }
        }
      };
    }

    private Push pushed(Optional<ObjectId> theirs) throws IOException {
      if (!branch.known(repository).equals(Optional.of(ours))) {
        LocalRef.set(repository, branch.local(), ours);
      }
      return new Push.Pushed(Lineage.count(repository, theirs, ours), notices);
    }
  }

  private PushAnswer pushOnce(Repository repository, Optional<ObjectId> theirs, ObjectId ours)
      throws Exception {
    return access.converse(
        repository, limit(theirs), transport -> push(transport, repository, theirs, ours));
  }

  /// Compare-and-swap: the remote moves its branch only when it is where we believe it to be.
  private PushAnswer push(
      Transport transport, Repository repository, Optional<ObjectId> theirs, ObjectId ours)
      throws IOException {
    RemoteRefUpdate update =
        new RemoteRefUpdate(
            repository, null, ours, branch.remote(), false, null, theirs.orElse(ObjectId.zeroId()));
    PushResult result = transport.push(NullProgressMonitor.INSTANCE, List.of(update));
    return PushAnswer.of(update, result.getMessages());
  }
}
