// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.CommitMessage;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Boundaries.Step;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.SortedMap;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/// Writes a commit without a work tree: blobs, the trees that change, the commit object. All of it
/// is on disk before the caller moves a ref to it.
final class CommitWriter {

  private final Repository repository;
  private final BotIdentity bot;
  private final Boundaries boundaries;

  CommitWriter(Repository repository, BotIdentity bot, Boundaries boundaries) {
    this.repository = repository;
    this.bot = bot;
    this.boundaries = boundaries;
  }

  /// What becomes of a commit that changes nothing.
  enum Emptiness {
    SKIPPED,
    /// Its message is what matters.
    WRITTEN
  }

  /// Writes a commit.
  ///
  /// @param parent empty for the first one
  /// @param edits path → what the file shall hold; empty removes it
  /// @param now its date, unless the parent's is later: dates never run backwards. The message says
  ///   it then
  /// @return the parent itself when the edits change nothing and that is not worth a commit
  ObjectId write(
      Optional<ObjectId> parent,
      SortedMap<String, Optional<byte[]>> edits,
      String message,
      Instant now,
      Emptiness emptiness)
      throws IOException, GitProblemException {
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader);
        NewObjects objects = NewObjects.in(repository, edits.size())) {
      CommitBuilder commit = new CommitBuilder();
      Optional<ObjectId> base = Optional.empty();
      Instant date = now;
      if (parent.isPresent()) {
        RevCommit old = walk.parseCommit(parent.get());
        base = Optional.of(old.getTree());
        commit.setParentId(old);
        Instant before = Instant.ofEpochSecond(old.getCommitTime());
        date = before.isAfter(now.truncatedTo(ChronoUnit.SECONDS)) ? before : now;
      }
      ObjectId tree = new TreeWriter(reader, objects.inserter(), boundaries).write(base, edits);
      if (emptiness == Emptiness.SKIPPED
          && parent.isPresent()
          && base.filter(tree::equals).isPresent()) {
        return parent.get();
      }
      commit.setTreeId(tree);
      return finish(commit, dated(message, date, now), date, objects);
    }
  }

  /// Writes a commit with a tree that is there already.
  ///
  /// @param now its date, unless the parent's is later
  ObjectId writeTree(RevCommit parent, ObjectId tree, String message, Instant now)
      throws IOException, GitProblemException {
    try (NewObjects objects = NewObjects.in(repository, 0)) {
      CommitBuilder commit = new CommitBuilder();
      commit.setParentId(parent);
      commit.setTreeId(tree);
      Instant before = Instant.ofEpochSecond(parent.getCommitTime());
      Instant date = before.isAfter(now.truncatedTo(ChronoUnit.SECONDS)) ? before : now;
      return finish(commit, dated(message, date, now), date, objects);
    }
  }

  /// What the clock says when the commit cannot be dated so.
  private static String dated(String message, Instant date, Instant now) {
    return date.isAfter(now) ? CommitMessage.effectiveAt(message, now) : message;
  }

  private ObjectId finish(CommitBuilder commit, String message, Instant date, NewObjects objects)
      throws IOException, GitProblemException {
    PersonIdent ident =
        new PersonIdent(
            bot.name(), bot.email(), date.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    commit.setAuthor(ident);
    commit.setCommitter(ident);
    commit.setMessage(message);
    if (bot.signingKey().isPresent()) {
      SshSignatures.sign(repository, commit, ident, bot.signingKey().get());
    }
    ObjectId written = objects.inserter().insert(commit);
    objects.makeDurable();
    boundaries.reached(Step.COMMIT);
    return written;
  }
}
