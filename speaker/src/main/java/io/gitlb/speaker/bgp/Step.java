// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import java.util.List;

/// What an event did.
///
/// @param next the machine from here on
/// @param actions to be performed in this order
public record Step(Fsm next, List<Action> actions) {
  public Step {
    actions = List.copyOf(actions);
  }
}
