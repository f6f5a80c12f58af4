// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the refs that mark config commits, `refs/gitlb/accepted` and `refs/gitlb/held/…`, to the
/// ledger's remote, where they are `refs/gitlb/<cluster>/…`, and back when the local copy is new.
/// What the remote is known to have is remembered in `refs/gitlb/marked/…`.
final class RemoteMarks implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RemoteMarks.class);

  static final String LOCAL = "refs/gitlb/";
  private static final String KNOWN = "refs/gitlb/marked/";
  private static final String ACCEPTED = "accepted";
  private static final String HELD = "held/";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final GitRemote remote;
  private final String prefix;
  private final RemoteAccess access;
  private final InstantSource clock;
  private Duration pause = FIRST_PAUSE;
  private Instant notBefore = Instant.MIN;
  private Optional<Failure> failure = Optional.empty();

  RemoteMarks(ConfigSafety.Marks marks, InstantSource clock) {
    this.remote = marks.ledger();
    this.prefix = "refs/gitlb/" + marks.cluster() + "/";
    this.access = new RemoteAccess(remote);
    this.clock = clock;
  }

  /// Fetches the marks with their commits, and takes them for ours where we have none.
  ///
  /// @throws GitProblemException when the remote cannot be asked; then nobody knows what was
  ///   accepted
  void recover(Repository repository) throws GitProblemException {
    try {
      access.converse(
          repository,
          remote.firstDeadline(),
          transport ->
              transport.fetch(
                  NullProgressMonitor.INSTANCE,
                  List.of(new RefSpec("+" + prefix + "*:" + KNOWN + "*"))));
      for (Map.Entry<String, ObjectId> mark : refs(repository, KNOWN).entrySet()) {
        if (LocalRef.read(repository, LOCAL + mark.getKey()).isEmpty()) {
          LocalRef.set(repository, LOCAL + mark.getKey(), mark.getValue());
        }
      }
    } catch (Exception e) {
      Failure cause = access.failure(e);
      throw new GitProblemException(
          GitFailure.MARKS_UNKNOWN,
          "which config commit was accepted last is marked on the ledger's remote only, and that cannot be asked (%s)"
              .formatted(cause));
    }
  }

  /// Brings the remote's marks to where ours are. Asks nobody when they are there; after a failure
  /// it waits before it tries again.
  void push(Repository repository) {
    try {
      List<RemoteRefUpdate> updates = updates(repository);
      if (updates.isEmpty() || clock.instant().isBefore(notBefore)) {
        return;
      }
      PushResult result =
          access.converse(repository, limit(repository), transport -> push(transport, updates));
      settle(repository, result);
    } catch (Exception e) {
      failed(access.failure(e));
    }
  }

  private static PushResult push(Transport transport, List<RemoteRefUpdate> updates)
      throws IOException {
    return transport.push(NullProgressMonitor.INSTANCE, updates);
  }

  /// The first time the whole history may have to go over, when the ledger has a repository of its
  /// own.
  private Duration limit(Repository repository) throws IOException {
    return refs(repository, KNOWN).isEmpty() ? remote.firstDeadline() : remote.deadline();
  }

  private List<RemoteRefUpdate> updates(Repository repository) throws IOException {
    SortedMap<String, ObjectId> wanted = refs(repository, LOCAL);
    SortedMap<String, ObjectId> known = refs(repository, KNOWN);
    List<RemoteRefUpdate> updates = new ArrayList<>();
    for (Map.Entry<String, ObjectId> mark : wanted.entrySet()) {
      if (!mark.getValue().equals(known.get(mark.getKey()))) {
        updates.add(update(repository, mark.getKey(), mark.getValue()));
      }
    }
    for (String mark : known.keySet()) {
      if (!wanted.containsKey(mark)) {
        updates.add(update(repository, mark, ObjectId.zeroId()));
      }
    }
    return updates;
  }

  /// By force: what was accepted need not continue what was accepted before.
  private RemoteRefUpdate update(Repository repository, String mark, ObjectId to)
      throws IOException {
    return new RemoteRefUpdate(repository, null, to, prefix + mark, true, null, null);
  }

  private void settle(Repository repository, PushResult result) throws IOException {
    Optional<String> refused = Optional.empty();
    for (RemoteRefUpdate update : result.getRemoteUpdates()) {
      String known = KNOWN + update.getRemoteName().substring(prefix.length());
      switch (update.getStatus()) {
        case OK, UP_TO_DATE, NON_EXISTING -> {
          if (update.isDelete()) {
            LocalRef.delete(repository, known);
          } else {
            LocalRef.set(repository, known, update.getNewObjectId());
          }
        }
        case AWAITING_REPORT,
            NOT_ATTEMPTED,
            REJECTED_NODELETE,
            REJECTED_NONFASTFORWARD,
            REJECTED_OTHER_REASON,
            REJECTED_REMOTE_CHANGED ->
            refused =
                Optional.of(
                    "%s: %s %s"
                        .formatted(
                            update.getRemoteName(),
                            update.getStatus(),
                            update.getMessage() == null ? "" : update.getMessage()));
      }
    }
    if (refused.isPresent()) {
      failed(
          GitFailure.MARK_REFUSED.with(
              "%s: the server does not take the mark %s. Let the bot's account write %s*; until then the loss of the disk loses what was accepted"
                  .formatted(access.url(), refused.get(), prefix)));
    } else {
      worked();
    }
  }

  private void worked() {
    failure = Optional.empty();
    pause = FIRST_PAUSE;
    notBefore = Instant.MIN;
  }

  private void failed(Failure found) {
    if (!failure.equals(Optional.of(found))) {
      log.warn("config branch: {}", found);
    }
    failure = Optional.of(found);
    notBefore = clock.instant().plus(pause);
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /// mark → its commit, of those that begin so
  private static SortedMap<String, ObjectId> refs(Repository repository, String begin)
      throws IOException {
    SortedMap<String, ObjectId> marks = new TreeMap<>();
    LocalRef.read(repository, begin + ACCEPTED).ifPresent(id -> marks.put(ACCEPTED, id));
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(begin + HELD)) {
      marks.put(ref.getName().substring(begin.length()), ref.getObjectId());
    }
    return marks;
  }

  @Override
  public void close() {
    access.close();
  }
}
