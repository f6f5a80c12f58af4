// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.conflict;

import io.gitlb.schema.value.NodeName;
import java.util.List;

/// An address that is to be probed.
///
/// @param purpose what waits for the answer
/// @param speakers whom to ask, the best first; empty: nobody has it on link
public record ProbeWish(Purpose purpose, List<NodeName> speakers) {

  public ProbeWish {
    speakers = List.copyOf(speakers);
  }

  /// What waits for the answer.
  public enum Purpose {
    /// A Service is about to be given it: one answer is enough, and it does not wait for long.
    FRESH,
    /// Somebody else had it when it was probed last: asked again until it is free.
    CONFLICTED,
    /// Nobody waits: it is looked whether somebody uses it.
    SWEPT
  }
}
