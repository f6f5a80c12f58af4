// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `gitlb demo`.
@Command(
    name = "demo",
    description = {
      "Show GitLB at work on this machine; no cluster is needed.",
      "Starts an API server stand-in, a Git remote, the reconciler and two speakers, creates three Services and"
          + " tells what happens. As root on Linux with the packages that './gitlb test' installs, the speakers run in"
          + " network namespaces beside a real FRR router; otherwise the wire is left out."
    })
public final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--once",
      description = "stop when the three Services are served; exit code 0 only when all three were")
  private boolean once;

  @Option(names = "--loopback", description = "leave the wire out, also where it would work")
  private boolean loopback;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Story story = new Story(spec.commandLine().getOut());
    Demo demo =
        new Demo(
            story, Distribution.running(), loopback ? Demo.Wire.LEFT_OUT : Demo.Wire.IF_POSSIBLE);
    return demo.run(once ? Demo.Then.STOP : Demo.Then.GO_ON) ? 0 : 1;
  }
}
