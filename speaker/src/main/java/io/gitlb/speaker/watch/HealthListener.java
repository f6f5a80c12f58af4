// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.speaker.health.Gate;
import java.util.SortedMap;

/// Hears what the service proxy of this node says, on the polls' thread: hands on and returns.
public interface HealthListener {

  /// @param gates `healthCheckNodePort` → whether there is an endpoint here (1:1)
  void changed(SortedMap<Integer, Gate> gates);
}
