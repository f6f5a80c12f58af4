// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import java.util.List;

/// What an event on a line did.
///
/// @param next the peering from here on
/// @param actions to be performed in this order
public record PeeringStep(Peering next, List<OnLine> actions) {

  /// An action and the line whose connection and timers it is about.
  public record OnLine(Line line, Action action) {}

  public PeeringStep {
    actions = List.copyOf(actions);
  }
}
