// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.UndoMessage;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.trust.KeyId;
import io.gitlb.reconciler.trust.SignatureCheck;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/// Finds commits on the ledger branch that the bot did not make, and takes them back by a commit of
/// its own.
///
/// The bot writes nothing on top of a foreign commit before it has taken that back. So a commit of
/// the bot vouches for all below it, and only what is above the newest one is looked at. The bot is
/// known by the committer's name and address, and by the key once commits are signed; another
/// instance for the same cluster has both. Commits from before signing began count by the name as
/// long as none is signed.
final class ForeignCommits {

  /// More is the same trouble.
  private static final int NOTICES = 20;

  private static final int PATHS_IN_NOTICE = 5;

  private final BotIdentity bot;
  private final CommitWriter writer;
  private final Repository repository;
  private final InstantSource clock;
  private final SortedSet<KeyId> keys;

  ForeignCommits(Repository repository, BotIdentity bot, Boundaries boundaries) {
    this.repository = repository;
    this.bot = bot;
    this.writer = new CommitWriter(repository, bot, boundaries);
    this.clock = InstantSource.system();
    this.keys = bot.keys();
  }

  /// @param head where the branch has to go: the head that was given when all is well
  /// @param notices one for each foreign commit
  record Cleaned(ObjectId head, List<Failure> notices) {}

  /// Looks at a head that is new to us.
  Cleaned clean(ObjectId head) throws IOException, GitProblemException {
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      RevCommit newest = walk.parseCommit(head);
      if (isBots(newest)) {
        return new Cleaned(head, List.of());
      }
      Optional<RevCommit> ours = newestOfBot(walk, newest);
      if (ours.isEmpty()) {
        return new Cleaned(head, List.of(allForeign(newest)));
      }
      if (ours.get().equals(newest)) {
        return new Cleaned(head, List.of());
      }
      List<RevCommit> foreign = above(walk, newest, ours.get());
      ObjectId undo = undo(reader, ours.get(), newest, foreign);
      return new Cleaned(undo, notices(reader, foreign, undo));
    }
  }

  /// The commit of the bot that none other is above of.
  private Optional<RevCommit> newestOfBot(RevWalk walk, RevCommit head) throws IOException {
    Predicate<RevCommit> mark = bot.signingKey().isPresent() ? this::isBots : this::hasName;
    Optional<RevCommit> found = first(walk, head, Optional.empty(), mark);
    if (found.isEmpty() && bot.signingKey().isPresent()) {
      mark = this::hasName;
      found = first(walk, head, Optional.empty(), mark);
    }
    Optional<RevCommit> higher = found;
    while (higher.isPresent()) {
      found = higher;
      higher = first(walk, head, found, mark);
    }
    return found;
  }

  private static Optional<RevCommit> first(
      RevWalk walk, RevCommit head, Optional<RevCommit> without, Predicate<RevCommit> wanted)
      throws IOException {
    walk.reset();
    walk.markStart(head);
    if (without.isPresent()) {
      walk.markUninteresting(without.get());
    }
    for (RevCommit commit : walk) {
      if (wanted.test(commit)) {
        return Optional.of(commit);
      }
    }
    return Optional.empty();
  }

  private static List<RevCommit> above(RevWalk walk, RevCommit head, RevCommit base)
      throws IOException {
    walk.reset();
    walk.markStart(head);
    walk.markUninteresting(base);
    List<RevCommit> commits = new ArrayList<>();
    for (RevCommit commit : walk) {
      commits.add(commit);
    }
    return commits;
  }

  private boolean isBots(RevCommit commit) {
    return hasName(commit) && (bot.signingKey().isEmpty() || hasKey(commit));
  }

  private boolean hasName(RevCommit commit) {
    // None when the header is not well-formed, which old tools brought about.
    return Optional.<PersonIdent>ofNullable(commit.getCommitterIdent())
        .filter(committer -> committer.getName().equals(bot.name()))
        .filter(committer -> committer.getEmailAddress().equals(bot.email()))
        .isPresent();
  }

  private boolean hasKey(RevCommit commit) {
    return CommitSignature.of(commit)
        .filter(signature -> signature.format() == CommitSignature.Format.SSH)
        .map(signature -> SshSignatures.check(repository, signature))
        .filter(SignatureCheck.Made.class::isInstance)
        .map(SignatureCheck.Made.class::cast)
        .filter(made -> keys.contains(made.key()))
        .isPresent();
  }

  private ObjectId undo(
      ObjectReader reader, RevCommit ours, RevCommit head, List<RevCommit> foreign)
      throws IOException, GitProblemException {
    SortedSet<String> files = new TreeSet<>();
    List<AllocationRecord> records = new ArrayList<>();
    for (String path : TreeChanges.between(reader, ours.getTree(), head.getTree())) {
      Optional<AllocationRecord> record = LedgerTree.record(reader, ours.getTree(), path);
      if (record.isEmpty()) {
        record = LedgerTree.record(reader, head.getTree(), path);
      }
      record.ifPresentOrElse(records::add, () -> files.add(OneLine.of(path)));
    }
    String message =
        UndoMessage.write(
            foreign.stream().map(ForeignCommits::describe).toList(),
            records,
            List.copyOf(files),
            UUID.randomUUID().toString());
    return writer.writeTree(head, ours.getTree(), message, clock.instant());
  }

  private static UndoMessage.Undone describe(RevCommit commit) {
    return new UndoMessage.Undone(
        commit.getName(), author(commit), OneLine.of(commit.getShortMessage()));
  }

  private static String author(RevCommit commit) {
    return Optional.<PersonIdent>ofNullable(commit.getAuthorIdent())
        .map(author -> OneLine.of(author.getName()))
        .filter(name -> !name.isEmpty())
        .orElse("somebody without a name");
  }

  private List<Failure> notices(ObjectReader reader, List<RevCommit> foreign, ObjectId undo)
      throws IOException {
    List<Failure> notices = new ArrayList<>();
    for (RevCommit commit : foreign.subList(0, Math.min(foreign.size(), NOTICES))) {
      notices.add(
          GitFailure.FOREIGN_COMMIT.with(
              "commit %s by %s (\"%s\") on the ledger branch was not made by %s; it changed %s. It is undone by commit %s. Let only the bot's account push to that branch"
                  .formatted(
                      commit.getName(),
                      author(commit),
                      OneLine.of(commit.getShortMessage()),
                      bot.name(),
                      words(List.copyOf(TreeChanges.of(reader, commit))),
                      undo.name())));
    }
    return notices;
  }

  private Failure allForeign(RevCommit head) {
    return GitFailure.FOREIGN_LEDGER.with(
        "no commit of the ledger branch, now at %s, was made by %s <%s>, so nobody knows what to go back to; its records are taken as they are. That is right for a branch that was made by hand or for another name"
            .formatted(head.getName(), bot.name(), bot.email()));
  }

  private static String words(List<String> paths) {
    if (paths.isEmpty()) {
      return "no file";
    }
    int more = paths.size() - PATHS_IN_NOTICE;
    return String.join(", ", paths.subList(0, Math.min(paths.size(), PATHS_IN_NOTICE)))
        + (more > 0 ? " and " + more + " more" : "");
  }
}
