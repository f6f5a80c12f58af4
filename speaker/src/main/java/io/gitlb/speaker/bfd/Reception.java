// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.util.List;

/// What became of a received packet.
public sealed interface Reception {

  record Taken(List<Action> actions) implements Reception {
    public Taken {
      actions = List.copyOf(actions);
    }
  }

  record Dropped(DropReason reason) implements Reception {}
}
