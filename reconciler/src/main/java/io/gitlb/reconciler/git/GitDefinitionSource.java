// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.DefinitionSource;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unchanged;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Untrusted;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.Transport;

/// The config branch, mirrored into `config.git` under the state directory.
///
/// The mirror is a cache: when it turns out to be damaged it is set aside and fetched anew, once
/// per call. What was accepted is kept by a ref of its own, so that a branch that is moved away
/// does not take it along, and a head that does not continue it is not trusted. The commits that
/// held records name are kept by refs, too.
public final class GitDefinitionSource implements DefinitionSource, AutoCloseable {

  private static final String ACCEPTED = RemoteMarks.LOCAL + "accepted";

  /// What the names of the refs begin with that keep commits; the commit's id follows.
  private static final String HELD = RemoteMarks.LOCAL + "held/";

  private final GitRemote remote;
  private final List<String> paths;
  private final Mirror mirror;
  private final RemoteAccess access;
  private final RemoteBranch branch;
  private final ConfigTrust trust;
  private final Optional<RemoteMarks> marks;
  private final ReentrantLock fetching = new ReentrantLock();

  /// Set when a read found the mirror damaged; the next fetch makes it anew.
  private volatile boolean damaged;

  /// Whether what the ledger's remote has marked was looked at where that is needed.
  private volatile boolean recovered;

  /// @param paths directories or files of the repository to read, relative to its root; `.` is all
  /// @param stateDirectory where `config.git` is or will be
  public GitDefinitionSource(GitRemote remote, List<String> paths, Path stateDirectory) {
    this(remote, paths, stateDirectory, ConfigSafety.PLAIN);
  }

  /// @param safety what is asked of a head
  public GitDefinitionSource(
      GitRemote remote, List<String> paths, Path stateDirectory, ConfigSafety safety) {
    this.remote = remote;
    this.paths = List.copyOf(paths);
    this.mirror = new Mirror(stateDirectory.resolve("config.git"), remote.ref());
    this.access = new RemoteAccess(remote);
    this.branch = new RemoteBranch(remote.ref(), remote.ref());
    this.trust = new ConfigTrust(access.url() + ": branch " + remote.branch(), safety);
    this.marks = safety.marks().map(where -> new RemoteMarks(where, safety.clock()));
  }

  @Override
  public ConfigFetch fetch(Optional<String> known) {
    fetching.lock();
    try {
      ConfigFetch fetched = damaged ? fetchAnew(known) : fetchOrMakeAnew(known);
      if (marks.isPresent()) {
        marks.get().push(mirror.repository());
      }
      return fetched;
    } catch (Exception e) {
      return new Unavailable(access.failure(e));
    } finally {
      fetching.unlock();
    }
  }

  private ConfigFetch fetchOrMakeAnew(Optional<String> known) throws Exception {
    try {
      return fetchOnce(known);
    } catch (Exception e) {
      if (!Faults.isDamage(e)) {
        throw e;
      }
      return fetchAnew(known);
    }
  }

  private ConfigFetch fetchOnce(Optional<String> known) throws Exception {
    Repository repository = mirror.repository();
    recover(repository);
    boolean first = branch.known(repository).isEmpty();
    ObjectId head =
        access.converse(
            repository,
            first ? remote.firstDeadline() : remote.deadline(),
            transport -> head(transport, repository));
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit commit = walk.parseCommit(head);
      return known.filter(commit.getName()::equals).isPresent() && !trust.isStale(commit.getName())
          ? new Unchanged()
          : judge(repository, commit);
    }
  }

  /// A new copy does not know what was accepted, and trusts no head before it does.
  private void recover(Repository repository) throws IOException, GitProblemException {
    if (marks.isPresent() && !recovered) {
      if (LocalRef.read(repository, ACCEPTED).isEmpty()) {
        marks.get().recover(repository);
      }
      recovered = true;
    }
  }

  private ConfigFetch judge(Repository repository, RevCommit head) throws IOException {
    Found found = read(repository, head);
    List<Failure> objections =
        trust.objections(repository, found, LocalRef.read(repository, ACCEPTED));
    return objections.isEmpty() ? found : new Untrusted(head.getName(), objections);
  }

  private ObjectId head(Transport transport, Repository repository) throws Exception {
    Optional<ObjectId> head = branch.update(transport, repository);
    if (head.isEmpty()) {
      throw new GitProblemException(
          GitFailure.MISSING_REF,
          "%s: there is no branch %s; %s. Check the configured branch"
              .formatted(access.url(), remote.branch(), branch.othersInWords(transport)));
    }
    return head.get();
  }

  @Override
  public ConfigFetch at(String commit) {
    try {
      Repository repository = mirror.repository();
      try (RevWalk walk = new RevWalk(repository)) {
        return isHere(repository, commit)
            ? read(repository, walk.parseCommit(ObjectId.fromString(commit)))
            : unknown(commit);
      }
    } catch (Exception e) {
      noteDamage(e);
      return new Unavailable(access.failure(e));
    }
  }

  /// What another cluster reads from a commit: in our paths its name stands for that of this one.
  ///
  /// @return empty when the commit is not here, or our paths are not of that layout
  public Optional<Found> of(ClusterName self, ClusterName other, String commit) {
    String own = "clusters/" + self;
    List<String> others =
        paths.stream()
            .map(path -> path.replaceAll("/+$", "").equals(own) ? "clusters/" + other : path)
            .toList();
    if (others.equals(paths)) {
      return Optional.empty();
    }
    try {
      Repository repository = mirror.repository();
      try (RevWalk walk = new RevWalk(repository);
          ObjectReader reader = repository.newObjectReader()) {
        if (!isHere(repository, commit)) {
          return Optional.empty();
        }
        RevCommit found = walk.parseCommit(ObjectId.fromString(commit));
        ConfigTree.Content content = ConfigTree.read(reader, found.getTree(), others);
        return Optional.of(new Found(found.getName(), content.files(), content.problems()));
      }
    } catch (Exception e) {
      noteDamage(e);
      return Optional.empty();
    }
  }

  private Unavailable unknown(String commit) {
    return new Unavailable(
        GitFailure.UNKNOWN_COMMIT.with(
            "%s: commit '%s' is not in the local copy. It comes back with the branch, if it is still part of it"
                .formatted(access.url(), commit)));
  }

  private Found read(Repository repository, RevCommit commit) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      ConfigTree.Content content = ConfigTree.read(reader, commit.getTree(), paths);
      return new Found(commit.getName(), content.files(), content.problems());
    }
  }

  @Override
  public Optional<String> accepted() {
    fetching.lock();
    try {
      recover(mirror.repository());
    } catch (IOException | GitProblemException e) {
      // The next fetch says so.
      noteDamage(e);
    } finally {
      fetching.unlock();
    }
    return acceptedHere();
  }

  private Optional<String> acceptedHere() {
    try {
      return LocalRef.read(mirror.repository(), ACCEPTED).map(ObjectId::getName);
    } catch (IOException | GitProblemException e) {
      noteDamage(e);
      return Optional.empty();
    }
  }

  @Override
  public Optional<Failure> accept(String commit) {
    try {
      Repository repository = mirror.repository();
      if (!isHere(repository, commit)) {
        return Optional.of(unknown(commit).failure());
      }
      LocalRef.set(repository, ACCEPTED, ObjectId.fromString(commit));
      return Optional.empty();
    } catch (IOException | GitProblemException e) {
      noteDamage(e);
      return Optional.of(access.failure(e));
    }
  }

  /// Packs the local copy; fetches wait.
  ///
  /// @return why it did not work; the local copy is as good as before then
  public Optional<Failure> pack(PackNeed need) {
    fetching.lock();
    try {
      var _ = new Packing(mirror.repository(), fetching).run(need);
      return Optional.empty();
    } catch (IOException | GitProblemException | RuntimeException e) {
      noteDamage(e);
      return Optional.of(access.failure(e));
    } finally {
      fetching.unlock();
    }
  }

  @Override
  public Optional<Failure> keep(SortedSet<String> commits) {
    try {
      Repository repository = mirror.repository();
      for (Ref ref : repository.getRefDatabase().getRefsByPrefix(HELD)) {
        if (!commits.contains(ref.getName().substring(HELD.length()))) {
          LocalRef.delete(repository, ref.getName());
        }
      }
      for (String commit : commits) {
        if (isHere(repository, commit)) {
          LocalRef.set(repository, HELD + commit, ObjectId.fromString(commit));
        }
      }
      return Optional.empty();
    } catch (IOException | GitProblemException e) {
      noteDamage(e);
      return Optional.of(access.failure(e));
    }
  }

  private static boolean isHere(Repository repository, String commit) throws IOException {
    return ObjectId.isId(commit) && repository.getObjectDatabase().has(ObjectId.fromString(commit));
  }

  private void noteDamage(Exception thrown) {
    if (Faults.isDamage(thrown)) {
      damaged = true;
    }
  }

  /// What was accepted is remembered over it as far as the new copy has the commit.
  private ConfigFetch fetchAnew(Optional<String> known) throws Exception {
    Optional<String> accepted = acceptedHere();
    mirror.setAside();
    recovered = false;
    damaged = false;
    ConfigFetch fetched = fetchOnce(known);
    accepted.ifPresent(this::accept);
    return fetched;
  }

  @Override
  public void close() {
    access.close();
    marks.ifPresent(RemoteMarks::close);
    mirror.close();
  }
}
