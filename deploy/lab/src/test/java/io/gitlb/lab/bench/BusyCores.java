// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One shell for each core that counts as fast as it can, at the usual priority.
final class BusyCores implements AutoCloseable {

  private final List<RunningProcess> loops = new ArrayList<>();

  BusyCores(Sandbox sandbox) {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      loops.add(
          sandbox
              .machine()
              .start("busy-" + i, List.of("sh", "-c", "while :; do :; done"), Map.of()));
    }
  }

  @Override
  public void close() {
    loops.forEach(RunningProcess::kill);
  }
}
