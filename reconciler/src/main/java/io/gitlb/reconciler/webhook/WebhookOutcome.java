// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import io.gitlb.reconciler.trust.ProofRefusal;
import java.util.Locale;
import java.util.Optional;

/// What came of a delivery. A code, once released, never changes its meaning.
public enum WebhookOutcome {
  /// The branch is looked at now.
  POLL(202, "", "the branch is looked at"),
  /// A sender tried whether somebody is there.
  PING(200, "", "heard"),
  /// About something else than a push.
  OTHER_EVENT(200, "", "nothing to do: not a push"),
  /// A push to branches that are not followed.
  OTHER_BRANCH(200, "", "nothing to do: another branch"),
  /// A push of our own: to the ledger.
  OWN_PUSH(200, "", "nothing to do: our own push"),
  /// The same delivery came before.
  REPEATED(200, "", "nothing to do: had that before"),

  /// A secret file cannot be read, or what it holds cannot be used.
  NO_SECRET(503, "GLB2402", "no delivery can be checked just now; the receiver's log says why"),
  /// The path names no sender.
  UNKNOWN_PATH(
      404,
      "GLB2403",
      "the paths are /webhook/github, /gitlab, /gitea, /forgejo, /bitbucket and /generic"),
  /// Not a POST.
  WRONG_METHOD(405, "GLB2404", "webhooks are delivered by POST"),
  /// More than a delivery may have.
  TOO_LARGE(413, "GLB2405", "the body may have 1 MiB; the next poll sees the push"),
  /// See [ProofRefusal#MISSING].
  PROOF_MISSING(401, "GLB2406", "there is no proof; configure a secret at the sender"),
  /// See [ProofRefusal#SHA1].
  PROOF_SHA1(401, "GLB2407", "SHA-1 proves nothing; let the sender use SHA-256"),
  /// See [ProofRefusal#MALFORMED].
  PROOF_MALFORMED(401, "GLB2408", "the proof has not the form that this sender uses"),
  /// See [ProofRefusal#WRONG].
  PROOF_WRONG(401, "GLB2409", "the proof is wrong; the sender and GitLB have different secrets"),
  /// See [ProofRefusal#OUT_OF_TIME].
  PROOF_OUT_OF_TIME(401, "GLB2410", "the proof is from another time; compare both clocks"),
  /// Too many bad proofs from one place.
  TOO_MANY(429, "GLB2411", "too many deliveries without a right proof"),
  /// Not an HTTP request that can be read.
  NOT_HTTP(400, "GLB2412", "this request cannot be read");

  private final int status;
  private final String code;
  private final String words;

  WebhookOutcome(int status, String code, String words) {
    this.status = status;
    this.code = code;
    this.words = words;
  }

  static WebhookOutcome of(ProofRefusal refusal) {
    return switch (refusal) {
      case MISSING -> PROOF_MISSING;
      case SHA1 -> PROOF_SHA1;
      case MALFORMED -> PROOF_MALFORMED;
      case WRONG -> PROOF_WRONG;
      case OUT_OF_TIME -> PROOF_OUT_OF_TIME;
    };
  }

  /// In lower case, for metrics.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Empty when nothing is wrong.
  public Optional<String> code() {
    return Optional.of(code).filter(text -> !text.isEmpty());
  }

  int status() {
    return status;
  }

  /// One line for the sender's log of deliveries.
  String line() {
    return code.isEmpty() ? words : code + " " + words;
  }
}
