// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.lease.Neighbour;
import io.gitlb.reconciler.ledger.CommitTrailers;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.NeighbourStore;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.treewalk.TreeWalk;

/// The ledgers of the other clusters, each as of its head and without its history, in
/// `neighbours.git` under the state directory.
public final class GitNeighbours implements NeighbourStore, AutoCloseable {

  private static final String LEDGERS = "refs/heads/allocations/";
  private static final String COPIES = "refs/neighbours/allocations/";
  private static final String MARKS = "refs/gitlb/";
  private static final String ACCEPTED = "/accepted";

  private final GitRemote remote;
  private final ClusterName self;
  private final PoolsOf poolsOf;
  private final Mirror mirror;
  private final RemoteAccess access;
  private final ReentrantLock talking = new ReentrantLock();

  /// cluster → the config commit that the remote says it accepted, as of the last look
  private SortedMap<ClusterName, String> accepted = new TreeMap<>();

  /// The pools that another cluster has by a config commit; empty when that cannot be told.
  @FunctionalInterface
  public interface PoolsOf {
    /// @param commit 40 hexadecimal digits
    Optional<List<AddressPool>> at(ClusterName cluster, String commit);
  }

  /// @param remote the ledger's repository, whatever the branch
  /// @param stateDirectory where `neighbours.git` is or will be
  public GitNeighbours(GitRemote remote, ClusterName self, Path stateDirectory, PoolsOf poolsOf) {
    this.remote = remote;
    this.self = self;
    this.poolsOf = poolsOf;
    this.mirror = new Mirror(stateDirectory.resolve("neighbours.git"), remote.ref());
    this.access = new RemoteAccess(remote);
  }

  @Override
  public Sight look(List<IpRange> ranges) {
    talking.lock();
    try {
      return lookOrMakeAnew(ranges);
    } catch (Exception e) {
      return new Sight(List.of(), List.of(access.failure(e)));
    } finally {
      talking.unlock();
    }
  }

  /// The remote has all that counts, so a damaged copy is no loss.
  private Sight lookOrMakeAnew(List<IpRange> ranges) throws Exception {
    try {
      return look(mirror.repository(), ranges);
    } catch (Exception e) {
      if (!Faults.isDamage(e)) {
        throw e;
      }
      mirror.setAside();
      return look(mirror.repository(), ranges);
    }
  }

  private Sight look(Repository repository, List<IpRange> ranges) throws Exception {
    List<Failure> failures = new ArrayList<>();
    try {
      access.converse(
          repository,
          remote.firstDeadline(),
          transport -> {
            update(transport, repository);
            return Optional.empty();
          });
    } catch (Exception e) {
      if (Faults.isDamage(e)) {
        throw e;
      }
      failures.add(access.failure(e));
    }
    List<Neighbour> neighbours = new ArrayList<>();
    for (Ref copy : repository.getRefDatabase().getRefsByPrefix(COPIES)) {
      ClusterName cluster = new ClusterName(copy.getName().substring(COPIES.length()));
      neighbours.add(neighbour(repository, cluster, copy.getObjectId(), IpRangeSet.of(ranges)));
    }
    return new Sight(neighbours, failures);
  }

  /// Fetches the heads that are elsewhere than we know, and forgets the branches that are gone.
  private void update(Transport transport, Repository repository) throws Exception {
    SortedMap<String, ObjectId> heads = new TreeMap<>();
    SortedMap<ClusterName, String> marks = new TreeMap<>();
    try (FetchConnection connection =
        transport.openFetch(
            List.of(
                new RefSpec("+" + LEDGERS + "*:" + COPIES + "*"),
                new RefSpec("+" + MARKS + "*:refs/neighbours/marks/*")))) {
      for (Ref ref : connection.getRefs()) {
        String name = ref.getName();
        if (name.startsWith(LEDGERS) && !name.equals(LEDGERS + self)) {
          heads.put(name.substring(LEDGERS.length()), ref.getObjectId());
        } else if (name.startsWith(MARKS) && name.endsWith(ACCEPTED)) {
          cluster(name).ifPresent(found -> marks.put(found, ref.getObjectId().name()));
        }
      }
    }
    accepted = marks;
    List<RefSpec> stale = new ArrayList<>();
    for (var head : heads.entrySet()) {
      Optional<ObjectId> known = LocalRef.read(repository, COPIES + head.getKey());
      if (!known.equals(Optional.of(head.getValue()))) {
        stale.add(new RefSpec("+" + LEDGERS + head.getKey() + ":" + COPIES + head.getKey()));
      }
    }
    for (Ref copy : repository.getRefDatabase().getRefsByPrefix(COPIES)) {
      if (!heads.containsKey(copy.getName().substring(COPIES.length()))) {
        LocalRef.delete(repository, copy.getName());
      }
    }
    if (!stale.isEmpty()) {
      transport.setDepth(1);
      // The check walks to parents that a head without its history does not have.
      transport.setCheckFetchedObjects(false);
      transport.fetch(NullProgressMonitor.INSTANCE, stale);
    }
  }

  /// The cluster of `refs/gitlb/CLUSTER/accepted`.
  private static Optional<ClusterName> cluster(String name) {
    int end = name.length() - ACCEPTED.length();
    return end > MARKS.length()
        ? Optional.of(new ClusterName(name.substring(MARKS.length(), end)))
        : Optional.empty();
  }

  private Neighbour neighbour(
      Repository repository, ClusterName cluster, ObjectId head, IpRangeSet ranges)
      throws IOException {
    TreeSet<IpAddress> records = new TreeSet<>();
    Optional<String> named;
    try (RevWalk commits = new RevWalk(repository);
        TreeWalk files = new TreeWalk(repository)) {
      RevCommit commit = commits.parseCommit(head);
      named = CommitTrailers.parse(commit.getFullMessage()).configCommit();
      files.addTree(commit.getTree());
      files.setRecursive(true);
      while (files.next()) {
        RecordPath.parse(files.getPathString()).filter(ranges::contains).ifPresent(records::add);
      }
    }
    List<AddressPool> pools = new ArrayList<>();
    List<String> asOf = new ArrayList<>();
    TreeSet<String> commits = new TreeSet<>();
    named.ifPresent(commits::add);
    Optional.ofNullable(accepted.get(cluster)).ifPresent(commits::add);
    for (String commit : commits) {
      poolsOf
          .at(cluster, commit)
          .ifPresent(
              found -> {
                pools.addAll(found);
                asOf.add("%.12s".formatted(commit));
              });
    }
    return new Neighbour(cluster, records, pools, String.join(" and ", asOf));
  }

  @Override
  public void close() {
    access.close();
    mirror.close();
  }
}
