// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Print the version and the commit that it was built from.")
final class VersionCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().println(BuildVersion.ofThisBuild().line());
  }
}
