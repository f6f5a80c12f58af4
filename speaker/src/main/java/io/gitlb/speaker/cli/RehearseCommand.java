// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.cli;

import io.gitlb.speaker.Rehearsal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `gitlb speaker rehearse`: what the script `train` runs to make an AOT cache.
@Command(
    name = "rehearse",
    hidden = true,
    mixinStandardHelpOptions = true,
    description =
        "Plays what a speaker does on one interface, for the AOT cache from which speakers start.")
public final class RehearseCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "DIRECTORY", description = "an empty one, for its files")
  private Path directory = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "INTERFACE",
      description = "the only one that is used; one that there is not is fine")
  private String interfaceName = "";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (String omission : Rehearsal.play(directory, interfaceName)) {
      if (spec != null) {
        spec.commandLine().getErr().println("left out: " + omission);
      }
    }
    return 0;
  }
}
