// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A BIRD that can be killed like a speaker.
final class ForegroundBird {

  private ForegroundBird() {}

  /// Starts it; it ends with the sandbox.
  static RunningProcess start(Sandbox sandbox, Host host, String configuration) {
    String name = host.name();
    Path control = sandbox.scratch().resolve(name + ".ctl");
    Path file = sandbox.scratch().resolve(name + ".conf");
    try {
      Files.writeString(file, configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return host.start(
        name,
        List.of("/usr/sbin/bird", "-f", "-c", file.toString(), "-s", control.toString()),
        Map.of());
  }
}
