// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.git.LedgerHistory.Answer;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/// A ledger's branch in a repository on this machine.
///
/// @param shortName such as `allocations/demo` or `origin/allocations/demo`
record LedgerBranch(String shortName, ObjectId head) {

  private static final String LEDGERS = "allocations/";

  /// Finds a branch that is the repository's own or a remote's as it was fetched; of both the one
  /// with the newer commits.
  ///
  /// @param name short or whole; empty: the only ledger that there is
  static Answer<LedgerBranch> find(Repository repository, String name) throws IOException {
    // short name without the remote → refs that have it (1:N)
    SortedMap<String, List<Ref>> branches = new TreeMap<>();
    for (Ref ref : repository.getRefDatabase().getRefs()) {
      String plain = plain(ref.getName());
      boolean wanted =
          name.isEmpty()
              ? plain.startsWith(LEDGERS)
              : List.of(plain, ref.getName(), Repository.shortenRefName(ref.getName()))
                  .contains(name);
      if (wanted && ref.getObjectId() != null) {
        branches.merge(plain, List.of(ref), LedgerBranch::joined);
      }
    }
    return branches.size() == 1
        ? new Answer.Found<>(newest(repository, branches.firstEntry().getValue()))
        : LedgerHistory.failed(
            GitFailure.MISSING_REF, trouble(repository, name, branches.keySet()));
  }

  private static List<Ref> joined(List<Ref> some, List<Ref> more) {
    return java.util.stream.Stream.concat(some.stream(), more.stream()).toList();
  }

  /// `refs/heads/x` and `refs/remotes/origin/x` are both `x`.
  private static String plain(String ref) {
    if (ref.startsWith(Constants.R_HEADS)) {
      return ref.substring(Constants.R_HEADS.length());
    }
    if (ref.startsWith(Constants.R_REMOTES)) {
      String name = ref.substring(Constants.R_REMOTES.length());
      return name.substring(name.indexOf('/') + 1);
    }
    return ref;
  }

  private static LedgerBranch newest(Repository repository, List<Ref> refs) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      Ref newest = refs.getFirst();
      for (Ref ref : refs) {
        if (time(walk, ref) > time(walk, newest)) {
          newest = ref;
        }
      }
      return new LedgerBranch(Repository.shortenRefName(newest.getName()), newest.getObjectId());
    }
  }

  private static int time(RevWalk walk, Ref ref) throws IOException {
    RevCommit commit = walk.parseCommit(ref.getObjectId());
    return commit.getCommitTime();
  }

  private static String trouble(Repository repository, String name, Collection<String> found)
      throws IOException {
    if (found.size() > 1) {
      return "there are several ledgers: %s; name one with --branch"
          .formatted(String.join(", ", found));
    }
    SortedSet<String> there = new TreeSet<>();
    for (Ref ref : repository.getRefDatabase().getRefs()) {
      if (plain(ref.getName()).startsWith(LEDGERS)) {
        there.add(plain(ref.getName()));
      }
    }
    String ledgers =
        there.isEmpty()
            ? "it has no branch allocations/…; fetch it with"
                + " 'git fetch origin allocations/CLUSTER:refs/remotes/origin/allocations/CLUSTER'"
            : "its ledgers are: " + String.join(", ", there);
    return name.isEmpty()
        ? "the repository has no ledger: " + ledgers
        : "the repository has no branch %s; %s".formatted(name, ledgers);
  }
}
