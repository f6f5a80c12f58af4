// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;

/// What can go wrong with a speaker, each with its permanent code.
public enum PushFailure {
  /// Nobody knows where the node's speaker is.
  NO_URL("GLB4001"),
  /// The URL cannot be used, or not with the security that we have.
  BAD_URL("GLB4002"),
  /// No connection, or it broke.
  UNREACHABLE("GLB4003"),
  /// No connection or no answer in time; whether the speaker has the state is not known.
  TIMED_OUT("GLB4004"),
  /// Certificates or keys: ours or the speaker's are not accepted, or cannot be read.
  TLS("GLB4005"),
  /// The speaker has a higher generation: another reconciler leads, or we lost our epoch.
  STALE("GLB4006"),
  /// The speaker does not take the state.
  REFUSED("GLB4007"),
  /// What answers does not speak our protocol, or another version of it.
  NOT_UNDERSTOOD("GLB4008"),
  /// Another node's speaker answers.
  WRONG_NODE("GLB4009"),
  /// A defect of ours; the log has more.
  DEFECT("GLB4010");

  private final String code;

  PushFailure(String code) {
    this.code = code;
  }

  /// `GLB` and four digits.
  public String code() {
    return code;
  }

  /// @param where the speaker's address as far as it is known, with a leading space, or empty
  Failure of(NodeName node, String where, String what) {
    return new Failure(code, "the speaker of " + node + where + ": " + what);
  }

  static Failure stale(NodeName node, String where, Generation newest, Generation ours) {
    return STALE.of(
        node,
        where,
        "it has generation "
            + newest
            + " and does not go back to our "
            + ours
            + "; another reconciler has led since, so only a higher epoch is taken");
  }
}
