// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;

/// Carries a failure that we found ourselves up to the port, where it becomes a value.
final class GitProblemException extends Exception {

  private final transient Failure failure;

  GitProblemException(GitFailure kind, String message) {
    this(kind.with(message));
  }

  GitProblemException(Failure failure) {
    super(failure.toString());
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}
