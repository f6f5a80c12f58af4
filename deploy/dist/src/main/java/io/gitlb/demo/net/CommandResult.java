// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.util.List;

/// What a finished command said.
///
/// @param command as it was started
/// @param exitCode its exit code, or [#TIMED_OUT]
/// @param output standard output and standard error together, as printed
public record CommandResult(List<String> command, int exitCode, String output) {

  /// In place of an exit code when the command had to be ended because it took too long.
  public static final int TIMED_OUT = -1;

  public CommandResult {
    command = List.copyOf(command);
  }

  public boolean ok() {
    return exitCode == 0;
  }

  /// The output of a command that must not fail.
  ///
  /// @throws IllegalStateException with the command and what it said, when it failed
  public String orThrow() {
    if (!ok()) {
      throw new IllegalStateException(
          String.join(" ", command)
              + (exitCode == TIMED_OUT ? ": took too long" : ": exit code " + exitCode)
              + "\n"
              + output.strip());
    }
    return output;
  }
}
