// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.protocol.SpeakerStatus;

/// How one question for the status ended.
sealed interface PollOutcome {

  /// The speaker told its status, a new one or the one that it told before.
  record Told(SpeakerStatus status) implements PollOutcome {}

  /// To be tried again.
  record Failed(Failure failure) implements PollOutcome {}
}
