// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.trust.SignatureCheck;
import io.gitlb.reconciler.trust.SignedCommit;
import io.gitlb.reconciler.trust.TrustPolicy;
import io.gitlb.reconciler.trust.Verdict;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.yaml.DefinitionReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/// Judges whether the head of the config branch may be used, before anybody looks at what its files
/// say: it continues the accepted commit, and with a trust policy every commit since then is signed
/// by somebody who may do what it does.
final class ConfigTrust {

  /// More is the same trouble.
  private static final int OBJECTIONS = 20;

  private final String where;
  private final Optional<Path> policyFile;
  private final InstantSource clock;

  /// The policy that refused the last head that was refused.
  private Optional<Refused> refused = Optional.empty();

  /// @param where the branch, for people
  /// @param settings what is asked of a head
  ConfigTrust(String where, ConfigSafety settings) {
    this.where = where;
    this.policyFile = settings.trustPolicy();
    this.clock = settings.clock();
  }

  /// @param digest of the policy
  private record Refused(String commit, String digest) {}

  /// Whether a head that was refused may be judged otherwise now, because the policy has changed.
  boolean isStale(String commit) {
    return policyFile.isPresent()
        && refused
            .filter(last -> last.commit().equals(commit))
            .filter(last -> !last.digest().equals(digest(PolicyFiles.load(policyFile.get()))))
            .isPresent();
  }

  private static String digest(PolicyFiles.Loading loading) {
    return switch (loading) {
      case PolicyFiles.Loading.Loaded loaded -> loaded.digest();
      case PolicyFiles.Loading.Faulty faulty -> faulty.digest();
    };
  }

  /// Why a head is not to be trusted; empty when it is.
  ///
  /// @param accepted the commit that was accepted last, if any
  List<Failure> objections(Repository repository, Found head, Optional<ObjectId> accepted)
      throws IOException {
    ObjectId commit = ObjectId.fromString(head.commit());
    refused = Optional.empty();
    if (accepted.isPresent()
        && !continues(repository, accepted.get(), commit)
        && !mayReplace(head, accepted.get().name())) {
      return List.of(rewritten(accepted.get(), commit));
    }
    if (policyFile.isEmpty()) {
      return List.of();
    }
    PolicyFiles.Loading loading = PolicyFiles.load(policyFile.get());
    List<Failure> objections =
        switch (loading) {
          case PolicyFiles.Loading.Faulty faulty -> faulty.failures();
          case PolicyFiles.Loading.Loaded loaded ->
              signatures(repository, commit, accepted, loaded);
        };
    if (!objections.isEmpty()) {
      refused = Optional.of(new Refused(head.commit(), digest(loading)));
    }
    return objections;
  }

  /// A commit that is not here any more is no part of what was fetched.
  private static boolean continues(Repository repository, ObjectId accepted, ObjectId head)
      throws IOException {
    return repository.getObjectDatabase().has(accepted)
        && Lineage.isAncestor(repository, accepted, head);
  }

  /// The head itself may carry the Approval.
  private boolean mayReplace(Found head, String accepted) {
    return head.problems().isEmpty()
        && DefinitionReader.read(head.files()) instanceof ReadResult.Accepted read
        && read.definitions().approvals().stream()
            .filter(approval -> approval.expires().isAfter(clock.instant()))
            .anyMatch(approval -> approval.grant().equals(new Approval.Replacement(accepted)));
  }

  private Failure rewritten(ObjectId accepted, ObjectId head) {
    return GitFailure.CONFIG_REWRITTEN.with(
        "%s is at %s, which does not continue the accepted commit %s: the branch was force-pushed or made anew. Push the accepted commit again, or commit an Approval with replaces: %s on top; to undo a change, use git revert"
            .formatted(where, head.name(), accepted.name(), accepted.name()));
  }

  /// Goes down the first-parent line to what is accepted already, to a seal, or to the root.
  private List<Failure> signatures(
      Repository repository,
      ObjectId head,
      Optional<ObjectId> accepted,
      PolicyFiles.Loading.Loaded trusted)
      throws IOException {
    List<Failure> objections = new ArrayList<>();
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      Set<ObjectId> fresh = fresh(repository, walk, head, accepted, trusted.policy());
      RevCommit commit = walk.parseCommit(head);
      while (fresh.contains(commit) && objections.size() < OBJECTIONS) {
        walk.parseBody(commit);
        SignatureCheck signature = check(repository, commit, trusted.gpg());
        switch (trusted.policy().judge(describe(reader, commit, signature))) {
          case Verdict.Allowed _ -> {}
          case Verdict.Sealed _ -> {
            return objections;
          }
          case Verdict.Denied(Verdict.Why why, String message) ->
              objections.add(kind(why).with(where + ": " + message));
        }
        if (commit.getParentCount() == 0) {
          break;
        }
        commit = walk.parseCommit(commit.getParent(0));
      }
    }
    return objections;
  }

  /// What the head has and nothing that is accepted has.
  private static Set<ObjectId> fresh(
      Repository repository,
      RevWalk walk,
      ObjectId head,
      Optional<ObjectId> accepted,
      TrustPolicy policy)
      throws IOException {
    walk.markStart(walk.parseCommit(head));
    for (ObjectId base :
        List.of(
            accepted.orElse(ObjectId.zeroId()),
            policy.since().map(ObjectId::fromString).orElse(ObjectId.zeroId()))) {
      if (repository.getObjectDatabase().has(base)) {
        walk.markUninteresting(walk.parseCommit(base));
      }
    }
    Set<ObjectId> fresh = new HashSet<>();
    for (RevCommit commit : walk) {
      fresh.add(commit.copy());
      commit.disposeBody();
    }
    walk.reset();
    return fresh;
  }

  private static SignatureCheck check(Repository repository, RevCommit commit, GpgKeys gpg) {
    Optional<CommitSignature> signature = CommitSignature.of(commit);
    if (signature.isEmpty()) {
      return new SignatureCheck.Unsigned();
    }
    return switch (signature.get().format()) {
      case SSH -> SshSignatures.check(repository, signature.get());
      case GPG -> gpg.check(signature.get());
      case OTHER -> new SignatureCheck.Wrong("it is neither an SSH nor a GPG signature");
    };
  }

  private static SignedCommit describe(
      ObjectReader reader, RevCommit commit, SignatureCheck signature) throws IOException {
    return new SignedCommit(
        commit.getName(),
        Instant.ofEpochSecond(commit.getCommitTime()),
        TreeChanges.of(reader, commit),
        commit.getFooterLines(TrustPolicy.SEAL).stream()
            .filter(reason -> !reason.isBlank())
            .findFirst(),
        signature);
  }

  private static GitFailure kind(Verdict.Why why) {
    return switch (why) {
      case UNSIGNED -> GitFailure.UNSIGNED;
      case WRONG_SIGNATURE -> GitFailure.WRONG_SIGNATURE;
      case UNKNOWN_KEY -> GitFailure.UNKNOWN_KEY;
      case UNUSABLE_KEY -> GitFailure.UNUSABLE_KEY;
      case NOT_FOR_PATH -> GitFailure.NOT_FOR_PATH;
    };
  }
}
