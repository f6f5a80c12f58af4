// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts the programs of the distribution, as a user would.
final class GitlbProcess {

  private GitlbProcess() {}

  /// Runs `gitlb` with these arguments on a host, in the background; its output goes to `NAME.log`.
  static RunningProcess start(Host host, String name, List<String> arguments) {
    return host.start(name, command(arguments), Map.of("GITLB_LOG_LEVEL", "DEBUG"));
  }

  /// The command line that starts `gitlb` from the distribution under test.
  static List<String> command(List<String> arguments) {
    Path script =
        Path.of(System.getProperty("gitlb.distribution", "../dist/target/gitlb"), "bin", "gitlb");
    List<String> command =
        new ArrayList<>(List.of("env", "JAVA_HOME=" + System.getProperty("java.home")));
    command.addAll(List.of("sh", script.toAbsolutePath().normalize().toString()));
    command.addAll(arguments);
    return command;
  }
}
