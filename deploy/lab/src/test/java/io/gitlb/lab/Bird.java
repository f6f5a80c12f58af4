// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A real BIRD 2 router on one host.
final class Bird {

  private final Host host;
  private final RunningProcess process;
  private final Path controlSocket;
  private final Path file;

  private Bird(Host host, RunningProcess process, Path controlSocket, Path file) {
    this.host = host;
    this.process = process;
    this.controlSocket = controlSocket;
    this.file = file;
  }

  /// Starts it with `configuration`, in the syntax of `bird.conf`.
  static Bird start(Sandbox sandbox, Host host, String configuration) {
    Path file = sandbox.scratch().resolve("bird-" + host.name() + ".conf");
    Path controlSocket = sandbox.scratch().resolve("bird-" + host.name() + ".ctl");
    try {
      Files.writeString(file, configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RunningProcess process =
        host.start(
            "bird-" + host.name(),
            List.of("/usr/sbin/bird", "-f", "-c", file.toString(), "-s", controlSocket.toString()),
            Map.of());
    return new Bird(host, process, controlSocket, file);
  }

  /// The answer to one `birdc` command, such as `show route all`.
  String show(String command) {
    return host.exec("/usr/sbin/birdc", "-s", controlSocket.toString(), command).output();
  }

  /// Has it go on with another configuration.
  void configure(String configuration) {
    try {
      Files.writeString(file, configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String answer = show("configure");
    if (!answer.contains("Reconfigured") && !answer.contains("Reconfiguration in progress")) {
      throw new IllegalStateException(answer);
    }
  }

  /// Stops it as it is, until [#resume]; the kernel goes on to take connections for it.
  void pause() {
    LabNode.pause(process);
  }

  /// Lets it go on.
  void resume() {
    LabNode.resume(process);
  }

  /// Ends it as `kill -9` does.
  void kill() {
    process.kill();
  }
}
