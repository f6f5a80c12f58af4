// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/// Somebody's clone of the config repository, read and never written: no lock is taken, no ref is
/// moved, no remote is asked.
public final class LocalRepository implements AutoCloseable {

  /// How people and CI systems come to have a branch: their own, or the remote's as it was fetched.
  private static final List<String> BRANCHES =
      List.of("refs/heads/", "refs/remotes/origin/", "refs/");

  private final Repository repository;

  private LocalRepository(Repository repository) {
    this.repository = repository;
  }

  /// Opens the repository that the directory is, or is the work tree of, or lies in.
  ///
  /// @throws IOException when there is none
  public static LocalRepository open(Path directory) throws IOException {
    IsolatedSystemReader.install();
    FileRepositoryBuilder builder = new FileRepositoryBuilder();
    Path absolute = directory.toAbsolutePath().normalize();
    builder.findGitDir(absolute.toFile());
    if (builder.getGitDir() == null) {
      throw new IOException(directory + " is no Git repository and lies in none");
    }
    return new LocalRepository(builder.setMustExist(true).build());
  }

  /// A commit.
  ///
  /// @param id 40 hexadecimal digits
  /// @param at its committer's date
  public record Commit(String id, Instant at) {}

  /// The files of a commit.
  ///
  /// @param files sorted by path
  /// @param problems sorted by place
  public record ConfigFiles(List<ConfigFile> files, List<Problem> problems) {}

  /// The ledger of a commit.
  ///
  /// @param problems files that are no records, sorted by place
  public record LedgerFiles(Commit head, Ledger ledger, List<Problem> problems) {}

  /// The commit that a revision names, as `git rev-parse` understands it: a branch, a tag,
  /// `origin/main`, `HEAD~2`, a commit or its beginning.
  public Optional<Commit> find(String revision) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      ObjectId found = repository.resolve(revision + "^{commit}");
      return found == null ? Optional.empty() : Optional.of(commit(walk.parseCommit(found)));
    } catch (RevisionSyntaxException e) {
      return Optional.empty();
    }
  }

  /// The head of a branch, be it a branch here or only the remote's as it was fetched last.
  ///
  /// @param branch short, or a whole ref
  public Optional<Commit> findBranch(String branch) throws IOException {
    for (String prefix : BRANCHES) {
      Optional<ObjectId> id = LocalRef.read(repository, prefix + branch);
      if (id.isPresent()) {
        try (RevWalk walk = new RevWalk(repository)) {
          return Optional.of(commit(walk.parseCommit(id.get())));
        }
      }
    }
    return Optional.empty();
  }

  private static Commit commit(RevCommit commit) {
    return new Commit(commit.getName(), commit.getCommitterIdent().getWhenAsInstant());
  }

  /// Where two commits parted.
  public Optional<Commit> mergeBase(String one, String other) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setRevFilter(RevFilter.MERGE_BASE);
      walk.markStart(walk.parseCommit(ObjectId.fromString(one)));
      walk.markStart(walk.parseCommit(ObjectId.fromString(other)));
      RevCommit base = walk.next();
      return base == null ? Optional.empty() : Optional.of(commit(walk.parseCommit(base)));
    }
  }

  /// The definitions' files of a commit.
  ///
  /// @param paths directories or files, relative to the root; `.` is the root
  public ConfigFiles files(String commit, List<String> paths) throws IOException {
    try (RevWalk walk = new RevWalk(repository);
        ObjectReader reader = repository.newObjectReader()) {
      ConfigTree.Content content =
          ConfigTree.read(reader, walk.parseCommit(ObjectId.fromString(commit)).getTree(), paths);
      return new ConfigFiles(content.files(), content.problems());
    }
  }

  /// The directories below a directory of a commit, by name; empty when there is none such.
  public SortedSet<String> directories(String commit, String path) throws IOException {
    try (RevWalk walk = new RevWalk(repository);
        ObjectReader reader = repository.newObjectReader()) {
      return Directories.below(
          reader, walk.parseCommit(ObjectId.fromString(commit)).getTree(), path);
    }
  }

  /// The ledger of a commit.
  public LedgerFiles ledger(Commit head) throws IOException {
    try (RevWalk walk = new RevWalk(repository);
        ObjectReader reader = repository.newObjectReader()) {
      LedgerTree.Content content =
          LedgerTree.read(reader, walk.parseCommit(ObjectId.fromString(head.id())).getTree());
      return new LedgerFiles(head, content.ledger(), content.problems());
    }
  }

  /// The branches that there are, here and of the remote, short; for messages.
  public List<String> branches() throws IOException {
    try (Stream<String> names =
        repository.getRefDatabase().getRefsByPrefix(Constants.R_HEADS).stream()
            .map(ref -> Repository.shortenRefName(ref.getName()))) {
      return names.sorted().limit(10).toList();
    }
  }

  @Override
  public void close() {
    repository.close();
  }
}
