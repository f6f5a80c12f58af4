// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.l2.Link;
import java.util.List;

/// Hears what layer 2 does after each change, on the thread that owns it.
@FunctionalInterface
interface Layer2Listener {

  /// @param active what is done with each address of the state in force
  /// @param links those that are captured, sorted by name
  void changed(ActiveSet active, List<Link> links);
}
