// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import java.util.Set;

/// Which of a repository's refs we want to hear about.
///
/// @param config whole name of the branch that is followed
/// @param ledger whole name of the branch that we push to
public record FollowedRefs(String config, String ledger) {

  /// Refs that only reconcilers write.
  private static final String OURS = "refs/gitlb/";

  /// From names that may be short: `main` is `refs/heads/main`.
  public static FollowedRefs of(String configBranch, String ledgerBranch) {
    return new FollowedRefs(whole(configBranch), whole(ledgerBranch));
  }

  private static String whole(String branch) {
    return branch.startsWith("refs/") ? branch : "refs/heads/" + branch;
  }

  /// What a push means for us.
  ///
  /// @param refs those that moved; empty when that is not known
  WebhookOutcome of(Set<String> refs) {
    if (refs.isEmpty() || refs.contains(config)) {
      return WebhookOutcome.POLL;
    }
    return refs.stream().allMatch(ref -> ref.equals(ledger) || ref.startsWith(OURS))
        ? WebhookOutcome.OWN_PUSH
        : WebhookOutcome.OTHER_BRANCH;
  }
}
