// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Who may change what on the config branch, by the keys that sign commits.
///
/// Every commit on the first-parent line since the accepted one has to be signed by a key that may
/// change each of its files; the first rule whose pattern fits a path decides, and a path that none
/// fits nobody may change. What a merge brings is the merge's own change: it has to be signed by
/// somebody who may do all of that, and the commits of the merged branch are not looked at. So
/// merges by a Git host's web pages need the host's key among the keys (GitHub signs merges and
/// squashes with its `web-flow` GPG key): an ordinary GPG key, listed in a rule for the paths that
/// may be merged there; what else that key signs (edits on the web pages, by whoever the host lets)
/// is then allowed, too. Commits that a host makes by "rebase and merge" are not signed by anybody
/// and are refused.
///
/// A commit with the trailer `Gitlb-Seal: <reason>`, signed by a sealer, vouches for all that is
/// older and for itself. It makes room for a key to go, for people to leave, and for signing to
/// begin late, without a rewritten history.
///
/// @param signers the keys
/// @param revoked keys that count no more, whatever the date of a commit
/// @param rules in the order in which they are asked
/// @param sealers who may seal: names, fingerprints, or names with `*`
/// @param since this commit and what is older is accepted without a look
public record TrustPolicy(
    List<Signer> signers,
    SortedSet<KeyId> revoked,
    List<PathRule> rules,
    List<String> sealers,
    Optional<String> since) {

  /// The trailer of a seal.
  public static final String SEAL = "Gitlb-Seal";

  /// A message names no more than these.
  private static final int PATHS_IN_MESSAGE = 3;

  public TrustPolicy {
    signers = List.copyOf(signers);
    revoked = new TreeSet<>(revoked);
    rules = List.copyOf(rules);
    sealers = List.copyOf(sealers);
  }

  /// Judges one commit.
  public Verdict judge(SignedCommit commit) {
    return switch (commit.signature()) {
      case SignatureCheck.Unsigned _ ->
          denied(
              Verdict.Why.UNSIGNED,
              commit,
              "is not signed. Sign it (git commit -S), or let a sealer sign a commit on top with"
                  + " the trailer "
                  + SEAL);
      case SignatureCheck.Wrong(String found) ->
          denied(Verdict.Why.WRONG_SIGNATURE, commit, "has a signature that is wrong: " + found);
      case SignatureCheck.UnknownKey(String found) ->
          denied(Verdict.Why.UNKNOWN_KEY, commit, found + ", which the trust policy does not list");
      case SignatureCheck.UnusableKey(String found) ->
          denied(Verdict.Why.UNUSABLE_KEY, commit, found);
      case SignatureCheck.Made(KeyId key) -> judge(commit, key);
    };
  }

  private Verdict judge(SignedCommit commit, KeyId key) {
    List<Signer> owners = signers.stream().filter(signer -> signer.key().equals(key)).toList();
    if (owners.isEmpty()) {
      return denied(
          Verdict.Why.UNKNOWN_KEY,
          commit,
          "is signed by %s, which the trust policy does not list".formatted(key));
    }
    if (revoked.contains(key)) {
      return denied(
          Verdict.Why.UNUSABLE_KEY,
          commit,
          "is signed by %s, which is revoked".formatted(owners.getFirst()));
    }
    Optional<Signer> usable =
        owners.stream().filter(owner -> owner.unusableAt(commit.date()).isEmpty()).findFirst();
    return usable.isPresent()
        ? judge(commit, usable.get())
        : denied(
            Verdict.Why.UNUSABLE_KEY,
            commit,
            "is signed by %s, which %s"
                .formatted(
                    owners.getFirst(), owners.getFirst().unusableAt(commit.date()).orElseThrow()));
  }

  private Verdict judge(SignedCommit commit, Signer signer) {
    if (commit.seal().isPresent() && sealers.stream().anyMatch(signer::isCalled)) {
      return new Verdict.Sealed(signer);
    }
    List<String> forbidden =
        commit.paths().stream().filter(path -> !mayChange(signer, path)).toList();
    if (forbidden.isEmpty() && rules.stream().anyMatch(rule -> rule.allows(signer))) {
      return new Verdict.Allowed(signer);
    }
    return denied(
        Verdict.Why.NOT_FOR_PATH,
        commit,
        "is signed by %s, which may not change %s"
            .formatted(signer, forbidden.isEmpty() ? "anything" : words(forbidden)));
  }

  private boolean mayChange(Signer signer, String path) {
    for (PathRule rule : rules) {
      if (rule.patterns().stream().anyMatch(pattern -> pattern.matcher(path).matches())) {
        return rule.allows(signer);
      }
    }
    return false;
  }

  private static String words(List<String> paths) {
    int more = paths.size() - PATHS_IN_MESSAGE;
    return String.join(", ", paths.subList(0, Math.min(paths.size(), PATHS_IN_MESSAGE)))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static Verdict denied(Verdict.Why why, SignedCommit commit, String found) {
    return new Verdict.Denied(why, "commit " + commit.id() + " " + found);
  }
}
