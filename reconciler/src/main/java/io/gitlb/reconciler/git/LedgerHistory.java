// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.AddressHistory;
import io.gitlb.reconciler.ledger.AddressHistory.Content;
import io.gitlb.reconciler.ledger.AddressHistory.Step;
import io.gitlb.reconciler.ledger.CommitTrailers;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.ServiceHistory;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.RawParseUtils;

/// Reads the history of the ledger branch in a repository on this machine, of whoever it is: a
/// clone, a bare repository, the reconciler's own copy. Nothing is written.
///
/// The history of an address follows one path, so a commit-graph with changed-path filters makes it
/// fast; that of a Service reads every commit's message.
public final class LedgerHistory implements AutoCloseable {

  /// Where a commit is dated by another time than its own.
  private static final String EFFECTIVE_AT = "Effective-At: ";

  private final Repository repository;
  private final LedgerBranch branch;

  private LedgerHistory(Repository repository, LedgerBranch branch) {
    this.repository = repository;
    this.branch = branch;
  }

  /// What came of it.
  public sealed interface Answer<T> {

    /// This.
    record Found<T>(T value) implements Answer<T> {}

    /// Nothing, and why.
    ///
    /// @param why `CODE message`
    record Failed<T>(String why) implements Answer<T> {}
  }

  /// Opens a ledger.
  ///
  /// @param directory a repository, its work tree or a directory in it
  /// @param name of the branch, short or whole; empty when the repository has one ledger only
  public static Answer<LedgerHistory> open(Path directory, String name) {
    IsolatedSystemReader.install();
    FileRepositoryBuilder builder = new FileRepositoryBuilder();
    builder.findGitDir(directory.toAbsolutePath().normalize().toFile());
    if (builder.getGitDir() == null) {
      return failed(
          GitFailure.NOT_A_REPOSITORY,
          "%s is no Git repository and lies in none; name one with --repo".formatted(directory));
    }
    try {
      Repository repository = builder.setMustExist(true).build();
      // Off by default in the library.
      repository
          .getConfig()
          .setBoolean(
              ConfigConstants.CONFIG_CORE_SECTION, null, ConfigConstants.CONFIG_COMMIT_GRAPH, true);
      return switch (LedgerBranch.find(repository, name)) {
        case Answer.Found<LedgerBranch>(LedgerBranch branch) ->
            new Answer.Found<>(new LedgerHistory(repository, branch));
        case Answer.Failed<LedgerBranch>(String why) -> {
          repository.close();
          yield new Answer.Failed<>(why);
        }
      };
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  static <T> Answer<T> failed(GitFailure kind, String message) {
    return new Answer.Failed<>(kind.with(message).toString());
  }

  private static <T> Answer<T> unreadable(IOException e) {
    return e instanceof MissingObjectException
        ? failed(
            GitFailure.UNKNOWN_COMMIT,
            e.getMessage() + "; a shallow clone lacks older commits (git fetch --unshallow)")
        : failed(GitFailure.LOCAL_STORAGE, "the repository cannot be read: " + e.getMessage());
  }

  /// The branch that is read, short.
  public String branch() {
    return branch.shortName();
  }

  /// Its head, 40 hexadecimal digits.
  public String head() {
    return branch.head().name();
  }

  /// What the branch ever said about an address.
  public Answer<AddressHistory> of(IpAddress address) {
    try {
      AddressHistory history = read(address);
      return history.steps().isEmpty()
          ? neverRecorded(address + " was never recorded")
          : new Answer.Found<>(history);
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  /// Which addresses a Service had. They are found by the trailers of all commits and the records
  /// of today; each one's file then tells from when to when.
  public Answer<ServiceHistory> of(ServiceRef service) {
    try {
      List<AddressHistory> histories = new ArrayList<>();
      for (IpAddress address : addresses(service)) {
        histories.add(read(address));
      }
      ServiceHistory history = new ServiceHistory(service, histories);
      return history.spells().isEmpty()
          ? neverRecorded("no address was ever recorded for " + service)
          : new Answer.Found<>(history);
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  private <T> Answer<T> neverRecorded(String what) {
    return failed(
        GitFailure.NEVER_RECORDED,
        "%s on %s; 'git ls-tree -r --name-only %s' lists what is recorded now"
            .formatted(what, branch.shortName(), branch.shortName()));
  }

  private AddressHistory read(IpAddress address) throws IOException {
    String path = RecordPath.of(address);
    List<Step> steps = new ArrayList<>();
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      for (RevCommit commit : new PathCommits(reader, walk, path).from(branch.head())) {
        steps.add(step(commit, address, content(reader, commit, path)));
      }
    }
    return new AddressHistory(address, steps.reversed());
  }

  private static Step step(RevCommit commit, IpAddress address, Content content) {
    String message = commit.getFullMessage();
    Instant committed = Instant.ofEpochSecond(commit.getCommitTime());
    Optional<String> action =
        CommitTrailers.parse(message).changes().stream()
            .filter(change -> change.address().equals(address))
            .map(CommitTrailers.Change::action)
            .findFirst();
    return new Step(
        commit.name(),
        effectiveAt(message).orElse(committed),
        committed,
        OneLine.of(
            commit.getCommitterIdent().getName()
                + " <"
                + commit.getCommitterIdent().getEmailAddress()
                + ">"),
        OneLine.of(commit.getShortMessage()),
        action,
        content);
  }

  private static Optional<Instant> effectiveAt(String message) {
    int paragraph = message.stripTrailing().lastIndexOf("\n\n");
    return message
        .substring(Math.max(paragraph, 0))
        .lines()
        .filter(line -> line.startsWith(EFFECTIVE_AT))
        .flatMap(line -> instant(line.substring(EFFECTIVE_AT.length()).strip()).stream())
        .findFirst();
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static Content content(ObjectReader reader, RevCommit commit, String path)
      throws IOException {
    try (TreeWalk found = TreeWalk.forPath(reader, path, commit.getTree())) {
      if (found == null) {
        return new AddressHistory.Removed();
      }
      if (!found.getFileMode().equals(FileMode.REGULAR_FILE)) {
        return new AddressHistory.Unreadable("not a plain file");
      }
      byte[] bytes = reader.open(found.getObjectId(0)).getCachedBytes(LedgerTree.MAX_FILE_BYTES);
      return switch (Utf8.decode(bytes)) {
        case Utf8.NotText(int _, int _, String why) -> new AddressHistory.Unreadable(why);
        case Utf8.Text(String text) ->
            switch (RecordReader.read(path, text)) {
              case RecordReader.Read(var record) -> new AddressHistory.Recorded(record);
              case RecordReader.Wrong(String why) -> new AddressHistory.Unreadable(OneLine.of(why));
            };
      };
    }
  }

  private SortedSet<IpAddress> addresses(ServiceRef service) throws IOException {
    SortedSet<IpAddress> addresses = new TreeSet<>();
    byte[] trailer = ("\nService: " + service + "\n").getBytes(StandardCharsets.UTF_8);
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      walk.markStart(walk.lookupCommit(branch.head()));
      for (RevCommit commit : walk) {
        walk.parseBody(commit);
        if (contains(commit.getRawBuffer(), trailer)) {
          CommitTrailers.parse(commit.getFullMessage()).changes().stream()
              .filter(change -> change.services().contains(service))
              .forEach(change -> addresses.add(change.address()));
        }
        commit.disposeBody();
      }
      RevCommit head = walk.parseCommit(branch.head());
      Ledger ledger = LedgerTree.read(reader, head.getTree()).ledger();
      ledger.records().values().stream()
          .filter(
              record ->
                  record.holders().stream().anyMatch(holder -> holder.service().equals(service)))
          .forEach(record -> addresses.add(record.address()));
    }
    return addresses;
  }

  private static boolean contains(byte[] text, byte[] wanted) {
    for (int i = RawParseUtils.nextLF(text, 0); i < text.length; ) {
      if (RawParseUtils.match(text, i - 1, wanted) >= 0) {
        return true;
      }
      i = RawParseUtils.nextLF(text, i);
    }
    return false;
  }

  @Override
  public void close() {
    repository.close();
  }
}
