// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.FooterLine;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/// A repository without a work tree. The demo's remote is one: a commit there is what a merged pull
/// request is on a Git host. The reconciler's ledger is another, which is only read here.
public final class BareRepository implements AutoCloseable {

  /// The branch that holds the definitions.
  public static final String CONFIG_BRANCH = "main";

  private static final PersonIdent AUTHOR =
      new PersonIdent("Platform Team", "platform@example.com");

  private final Repository repository;

  private BareRepository(Repository repository) {
    this.repository = repository;
  }

  /// Makes a bare repository whose first commit holds `files`.
  ///
  /// @param files path in the repository → content
  public static BareRepository create(Path directory, SortedMap<String, String> files) {
    try {
      BareRepository remote =
          new BareRepository(
              Git.init()
                  .setBare(true)
                  .setGitDir(directory.toFile())
                  .setInitialBranch(CONFIG_BRANCH)
                  .call()
                  .getRepository());
      remote.commit("Start from the example repository", files);
      return remote;
    } catch (GitAPIException e) {
      throw new IllegalStateException("cannot make the Git repository " + directory, e);
    }
  }

  /// Opens one that somebody else made; empty when there is none (yet).
  public static Optional<BareRepository> open(Path directory) {
    if (!Files.exists(directory.resolve("HEAD"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BareRepository(Git.open(directory.toFile()).getRepository()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// What a program gives as its repository URL.
  public String url() {
    return "file://" + repository.getDirectory().getAbsolutePath();
  }

  /// Where it lies.
  public Path directory() {
    return repository.getDirectory().toPath();
  }

  /// Commits to the config branch: the whole tree is `files` afterwards.
  ///
  /// @return the new commit's id
  public String commit(String message, SortedMap<String, String> files) {
    try (ObjectInserter inserter = repository.newObjectInserter()) {
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(tree(inserter, files));
      Optional<ObjectId> parent = head(CONFIG_BRANCH);
      parent.ifPresent(commit::setParentId);
      PersonIdent now = new PersonIdent(AUTHOR, java.time.Instant.now());
      commit.setAuthor(now);
      commit.setCommitter(now);
      commit.setMessage(message);
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      RefUpdate update = repository.updateRef(Constants.R_HEADS + CONFIG_BRANCH);
      update.setNewObjectId(id);
      update.setExpectedOldObjectId(parent.orElse(ObjectId.zeroId()));
      RefUpdate.Result result = update.update();
      if (result != RefUpdate.Result.NEW && result != RefUpdate.Result.FAST_FORWARD) {
        throw new IllegalStateException("cannot commit to " + CONFIG_BRANCH + ": " + result);
      }
      return id.name();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The files of a branch; empty when there is no such branch.
  ///
  /// @return path in the repository → content
  public SortedMap<String, String> files(String branch) {
    SortedMap<String, String> files = new TreeMap<>();
    try (RevWalk commits = new RevWalk(repository)) {
      Optional<ObjectId> head = head(branch);
      if (head.isEmpty()) {
        return files;
      }
      try (TreeWalk walk = new TreeWalk(repository)) {
        walk.addTree(commits.parseCommit(head.orElseThrow()).getTree());
        walk.setRecursive(true);
        while (walk.next()) {
          byte[] content = repository.open(walk.getObjectId(0)).getCachedBytes();
          files.put(walk.getPathString(), new String(content, StandardCharsets.UTF_8));
        }
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The commits of a branch, newest first; empty when there is no such branch.
  public List<LogEntry> log(String branch) {
    List<LogEntry> entries = new ArrayList<>();
    try (RevWalk walk = new RevWalk(repository)) {
      Optional<ObjectId> head = head(branch);
      if (head.isEmpty()) {
        return List.of();
      }
      walk.markStart(walk.parseCommit(head.orElseThrow()));
      for (RevCommit commit : walk) {
        entries.add(
            new LogEntry(
                commit.abbreviate(10).name(),
                commit.getShortMessage(),
                commit.getFooterLines().stream().map(BareRepository::trailer).toList()));
      }
      return List.copyOf(entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    repository.close();
  }

  private static LogEntry.Trailer trailer(FooterLine line) {
    return new LogEntry.Trailer(line.getKey(), line.getValue());
  }

  private Optional<ObjectId> head(String branch) throws IOException {
    Ref ref = repository.exactRef(Constants.R_HEADS + branch);
    return ref == null ? Optional.empty() : Optional.ofNullable(ref.getObjectId());
  }

  private static ObjectId tree(ObjectInserter inserter, Map<String, String> files)
      throws IOException {
    DirCache index = DirCache.newInCore();
    DirCacheBuilder builder = index.builder();
    for (Map.Entry<String, String> file : files.entrySet()) {
      DirCacheEntry entry = new DirCacheEntry(file.getKey());
      entry.setFileMode(FileMode.REGULAR_FILE);
      entry.setObjectId(
          inserter.insert(Constants.OBJ_BLOB, file.getValue().getBytes(StandardCharsets.UTF_8)));
      builder.add(entry);
    }
    builder.finish();
    return index.writeTree(inserter);
  }
}
