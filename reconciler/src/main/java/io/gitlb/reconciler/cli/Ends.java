// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.reconciler.cli.PlanWork.Named;
import io.gitlb.reconciler.cli.PlanWork.PlanRequest;
import io.gitlb.reconciler.git.LocalRepository;
import io.gitlb.reconciler.git.LocalRepository.Commit;
import io.gitlb.reconciler.report.PlanReport.Direction;
import java.io.IOException;
import java.util.Optional;

/// Finds the two commits that a plan is about.
record Ends(LocalRepository repository, PlanRequest request) {

  /// How far back a good commit is looked for.
  static final int ANCESTORS = 50;

  Named head() throws IOException, CommandFailure {
    return named(request.head());
  }

  /// What is in force: as asked for; else what the reconciler has accepted, where that was fetched;
  /// else, for a change, where its branch left the config branch.
  Named base(Named head) throws IOException, CommandFailure {
    if (request.base().isPresent()) {
      return named(request.base().get());
    }
    String accepted = "gitlb/" + request.cluster() + "/accepted";
    Optional<Commit> inForce = repository.findBranch(accepted);
    if (inForce.isPresent()) {
      return new Named("refs/" + accepted, inForce.get());
    }
    Optional<Commit> branch = repository.findBranch(request.configBranch());
    if (branch.isEmpty()) {
      throw new CommandFailure(
          "there is no branch %s here, but %s. Name what to compare with: --base REV, or --config-branch"
              .formatted(request.configBranch(), String.join(", ", repository.branches())));
    }
    if (request.direction() == Direction.REVERT) {
      return new Named(request.configBranch(), branch.get());
    }
    Optional<Commit> parting = repository.mergeBase(head.commit().id(), branch.get().id());
    return parting
        .map(commit -> new Named("merge base with " + request.configBranch(), commit))
        .orElseThrow(
            () ->
                new CommandFailure(
                    "%s and %s have no commit in common; fetch the whole history, or name --base"
                        .formatted(head.name(), request.configBranch())));
  }

  private Named named(String revision) throws IOException, CommandFailure {
    Optional<Commit> found = repository.find(revision);
    if (found.isEmpty()) {
      found = repository.findBranch(revision);
    }
    return found
        .map(commit -> new Named(revision, commit))
        .orElseThrow(
            () ->
                new CommandFailure(
                    "there is no commit '%s' here; a shallow clone lacks older ones (git fetch --unshallow)"
                        .formatted(revision)));
  }
}
